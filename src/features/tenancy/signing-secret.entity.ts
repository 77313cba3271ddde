import { Entity, Enum, Index, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { MODES, type Mode } from './domain/scopes.js';

/**
 * What a merchant and we sign messages to each other with: our notifications,
 * and the shop's payment forms. One is current; those before it are accepted
 * until they end, so that a shop can change over without a gap.
 */
@Entity({ tableName: 'merchant_signing_secrets', rowLevelSecurity: 'force' })
@Index({
  name: 'merchant_signing_secrets_current',
  expression:
    `create unique index "merchant_signing_secrets_current" on "merchant_signing_secrets" ` +
    `("operator_id", "merchant_id", "mode") where expires_at is null`,
})
@Index({ name: 'merchant_signing_secrets_of_merchant', properties: ['operatorId', 'merchantId', 'mode'] })
export class MerchantSigningSecret extends TenantScopedEntity {
  @Property({ type: 'uuid' })
  merchantId!: string;

  @Enum(oneOf(MODES))
  mode!: Mode;

  /** Under the operator's data key, bound to this row. */
  @Property({ type: 'text', hidden: true })
  secretEncrypted!: string;

  /** Enough to tell it apart in a list, too little to sign with. */
  @Property({ type: 'text' })
  hint!: string;

  @Property({ type: 'timestamptz' })
  createdAt!: Date;

  /** Null: the current one. By the real clock, because shops keep time by it. */
  @Property({ type: 'timestamptz', nullable: true })
  expiresAt!: Date | null;
}
