import { isDeepStrictEqual } from 'node:util';
import { ArrayType } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, Property } from '@mikro-orm/decorators/legacy';
import { oneOf } from '../../platform/database/one-of.js';
import { systemReads } from '../../platform/database/roles.js';
import { TenantScopedEntity } from '../../platform/database/tenant-scoped-entity.js';
import { DEFAULT_RETRY_DAYS } from './domain/retry-policy.js';
import type { TransactionSource } from './domain/transaction-source.js';

export const CALLBACK_FORMATS = ['JSON', 'FORM'] as const;
export type CallbackFormat = (typeof CALLBACK_FORMATS)[number];

/** What an operator may change of a merchant; a field that is not there stays as it is. */
export type MerchantChanges = {
  readonly [Field in
    | 'name'
    | 'allowedSources'
    | 'pciDssCertified'
    | 'callbackUrl'
    | 'callbackFormat'
    | 'retryPolicyDays'
    | 'timeZone'
    | 'invoiceDueDays'
    | 'defaultPaymentSystemAccountId']?: Merchant[Field] | undefined;
};

/** A shop or service under an operator. */
@Entity({ tableName: 'merchants', rowLevelSecurity: 'force', policies: [systemReads('merchants')] })
// For the form of a shop, which names its merchant and no operator.
@Index({ name: 'merchants_by_id', properties: ['id'] })
@Check({ name: 'merchants_invoice_due_days_check', expression: 'invoice_due_days >= 0 and invoice_due_days <= 365' })
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

  @Enum(oneOf(CALLBACK_FORMATS))
  callbackFormat: CallbackFormat = 'JSON';

  /** Days after a failed scheduled charge on which it is tried again. */
  @Property({ columnType: 'integer[]', type: new ArrayType(Number) })
  retryPolicyDays: number[] = [...DEFAULT_RETRY_DAYS];

  @Property({ type: 'text' })
  timeZone: string;

  /** Days from an invoice's issue to the last day on which it is paid in time, 0–365. */
  @Property({ type: 'integer', default: 14 })
  invoiceDueDays = 14;

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

  /** The names of the fields that are different now. */
  change(changes: MerchantChanges, now: Date): readonly string[] {
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const before = Object.fromEntries(Object.entries(this));
    const changed = Object.keys(given).filter((field) => !isDeepStrictEqual(given[field], before[field]));
    if (changed.length > 0) Object.assign(this, given, { updatedAt: now });
    return changed;
  }
}
