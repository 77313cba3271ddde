import { Field, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import type { KeyKind, Mode, Scope } from './domain/scopes.js';
import { ApiKeyKindEnum, KeyModeEnum } from './enums.graphql.js';
import { MerchantType } from './merchant.graphql.js';
import { OperatorType } from './operator.graphql.js';

@ObjectType({ description: 'The key that sent this request, and what it may do.' })
export class Viewer {
  @Field(() => ApiKeyKindEnum, { description: 'Whose key it is.' })
  readonly kind!: KeyKind;

  @Field(() => KeyModeEnum, { description: 'Whether it moves money.' })
  readonly mode!: Mode;

  @Field(() => OperatorType, {
    nullable: true,
    description: 'The operator it acts for; null for platform keys and for keys without "operators:read".',
  })
  readonly operator!: OperatorType | null;

  @Field(() => MerchantType, {
    nullable: true,
    description: "The merchant it acts for; null unless it is a merchant's.",
  })
  readonly merchant!: MerchantType | null;

  @Field(() => [String], { description: 'What it may do.' })
  readonly scopes!: readonly Scope[];

  @Field(() => String, { description: 'Enough of the key to tell which one it is.' })
  readonly keyHint!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it ends by itself; null: not before it is revoked.',
  })
  readonly expiresAt!: Date | null;
}
