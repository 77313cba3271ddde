import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import type { SigningSecretFacts } from './signing-secrets-sql.js';

@ObjectType('SigningSecret', { description: 'Signs what a merchant and we send each other. Its text is shown once.' })
export class SigningSecretType {
  @Field(() => String, { description: 'Its last characters, to tell it apart: `whsec_…x4Zk`.' })
  readonly hint: string;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null for the current one, the only that stays.' })
  readonly expiresAt: Date | null;

  constructor({ hint, createdAt, expiresAt }: SigningSecretFacts) {
    this.hint = hint;
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }
}
