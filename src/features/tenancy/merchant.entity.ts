import { Entity, Property } from '@mikro-orm/decorators/legacy';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import type { TransactionSource } from './domain/transaction-source.js';

export type CallbackFormat = 'JSON' | 'FORM';

/** A shop or service under an operator. */
@Entity({ tableName: 'merchants', rowLevelSecurity: 'force' })
export class Merchant extends TenantScopedEntity {
  @Property({ type: 'text' })
  name: string;

  /** Sources the operator lets this merchant use; `MERCHANT` is what allows merchant-initiated charges. */
  @Property({ type: 'array', columnType: 'text[]' })
  allowedSources: TransactionSource[];

  /** Whether the merchant may send card data itself; it is passed on and never kept. */
  @Property({ type: 'boolean' })
  pciDssCertified = false;

  @Property({ type: 'text', nullable: true })
  callbackUrl: string | null = null;

  @Property({ type: 'text' })
  callbackFormat: CallbackFormat = 'JSON';

  /** Days after a failed scheduled charge on which it is tried again. */
  @Property({ columnType: 'integer[]', type: 'json' })
  retryPolicyDays: number[] = [1, 3, 5, 7];

  @Property({ type: 'text' })
  timeZone: string;

  /** The account for orders that name none; null takes the operator's only account of the key's mode. */
  @Property({ type: 'uuid', nullable: true })
  defaultPaymentSystemAccountId: string | null = null;

  @Property({ type: 'timestamptz' })
  createdAt: Date;

  @Property({ type: 'timestamptz' })
  updatedAt: Date;

  constructor(operatorId: string, name: string, timeZone: string, allowedSources: TransactionSource[], now: Date) {
    super(operatorId);
    this.name = name;
    this.timeZone = timeZone;
    this.allowedSources = allowedSources;
    this.createdAt = now;
    this.updatedAt = now;
  }
}
