import { DomainError, notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { MERCHANT_FOR_AGREEMENT } from './agreements-sql.js';
import type { MerchantForCharge } from './open-attempt.js';

/** Of whom an agreement is made. */
export type ChargingMerchant = MerchantForCharge & { defaultAccountId: string | null };

/**
 * The merchant of a new agreement. One that may not charge without the payer
 * is told so now, and not by the first charge, which would suspend it.
 */
export async function chargingMerchant(transaction: Transaction, merchantId: string): Promise<ChargingMerchant> {
  const [merchant] = await transaction.query<ChargingMerchant>(MERCHANT_FOR_AGREEMENT, [
    transaction.operatorId,
    merchantId,
  ]);
  if (!merchant) throw notFound('merchant');
  const { allowedSources } = merchant;
  if (allowedSources.includes('MERCHANT')) return merchant;
  throw new DomainError(
    'SOURCE_NOT_ALLOWED',
    `this merchant may not charge without the payer: MERCHANT is not among its allowedSources (${allowedSources.join(', ')}); its operator can allow it with updateMerchant`,
  );
}
