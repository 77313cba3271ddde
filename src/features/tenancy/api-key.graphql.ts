import { Field, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import type { KeyKind, Mode, Scope } from './domain/scopes.js';
import { ApiKeyKindEnum, KeyModeEnum } from './enums.graphql.js';
import type { ApiKeyFacts } from './tenancy-sql.js';

@ObjectType('ApiKey', {
  implements: Node,
  description: 'An API key as it can be shown. Its text is shown once, when it is made, and kept nowhere.',
})
export class ApiKeyType implements Node {
  readonly id: string;

  @Field(() => ApiKeyKindEnum, { description: 'Whose it is.' })
  readonly kind: KeyKind;

  @Field(() => KeyModeEnum, { description: 'Whether it moves money.' })
  readonly mode: Mode;

  @Field(() => String, { description: 'What it is for, as its maker named it; 1 to 200 characters.' })
  readonly name: string;

  @Field(() => [String], { description: 'What it may do: "orders:read", "orders:write" and so on.' })
  readonly scopes: readonly Scope[];

  @Field(() => String, { description: 'Its beginning and its last four characters, to tell keys apart.' })
  readonly hint: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it ends by itself; null: not before it is revoked.',
  })
  readonly expiresAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'To the minute; null when it was never used.' })
  readonly lastUsedAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was revoked, which is for ever.' })
  readonly revokedAt: Date | null;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  readonly createdAt: Date;

  /** As the database knows them, for resolvers of further fields. */
  readonly uuid: string;
  readonly merchantUuid: string | null;

  constructor(key: ApiKeyFacts) {
    this.uuid = key.id;
    this.merchantUuid = key.merchantId;
    this.id = publicId('apiKey', key.id);
    this.kind = key.kind;
    this.mode = key.mode;
    this.name = key.name;
    this.scopes = key.scopes;
    this.hint = key.hint;
    this.expiresAt = key.expiresAt;
    this.lastUsedAt = key.lastUsedAt;
    this.revokedAt = key.revokedAt;
    this.createdAt = key.createdAt;
  }
}

export const ApiKeyConnection = connectionOf('ApiKey', ApiKeyType);
