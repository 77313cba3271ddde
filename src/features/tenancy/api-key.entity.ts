import { Check, Entity, Enum, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { KEY_KINDS, type KeyKind, MODES, type Mode, type Scope } from './domain/scopes.js';

/**
 * An API key as we know it: by the SHA-256 of its text, never the text. The
 * system role finds it before the operator is known, hence the index by hash.
 */
@Entity({ tableName: 'api_keys', rowLevelSecurity: 'force', policies: [systemReads('api_keys')] })
@Unique({ name: 'api_keys_hash_unique', properties: ['operatorId', 'hash'] })
@Index({ name: 'api_keys_hash', properties: ['hash'] })
@Check({
  name: 'api_keys_merchant_check',
  expression: "(kind = 'MERCHANT') = (merchant_id is not null)",
})
export class ApiKey extends TenantScopedEntity {
  @Enum(oneOf(KEY_KINDS))
  kind: KeyKind;

  @Enum(oneOf(MODES))
  mode: Mode;

  @Property({ type: 'uuid', nullable: true })
  merchantId: string | null;

  @Property({ type: 'text' })
  name: string;

  @Property({ type: 'array', columnType: 'text[]' })
  scopes: Scope[];

  /** SHA-256 of the key, in hex. */
  @Property({ type: 'text', hidden: true })
  hash: string;

  /** Enough of the key to tell it apart in a list, too little to use it. */
  @Property({ type: 'text' })
  hint: string;

  @Property({ type: 'timestamptz', nullable: true })
  expiresAt: Date | null;

  /** To the minute: writing it at every request would cost more than it tells. */
  @Property({ type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null = null;

  @Property({ type: 'timestamptz', nullable: true })
  revokedAt: Date | null = null;

  @Property({ type: 'timestamptz' })
  createdAt: Date;

  constructor(
    operatorId: string,
    facts: Pick<ApiKey, 'kind' | 'mode' | 'merchantId' | 'name' | 'scopes' | 'hash' | 'hint' | 'expiresAt'>,
    now: Date,
  ) {
    super(operatorId);
    this.kind = facts.kind;
    this.mode = facts.mode;
    this.merchantId = facts.merchantId;
    this.name = facts.name;
    this.scopes = facts.scopes;
    this.hash = facts.hash;
    this.hint = facts.hint;
    this.expiresAt = facts.expiresAt;
    this.createdAt = now;
  }

  /** Says whether it was still valid: revoking twice changes nothing, and the first time stands. */
  revoke(now: Date): boolean {
    if (this.revokedAt) return false;
    this.revokedAt = now;
    return true;
  }
}
