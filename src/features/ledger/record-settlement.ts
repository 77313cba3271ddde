import { DomainError, invalidInput, notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import type { Mode } from '../tenancy/index.js';
import { BALANCES_OF_MERCHANTS, type MerchantBalanceRow } from './balances-sql.js';
import { settlementPosting } from './domain/postings.js';
import { settlementRecorded } from './ledger-events.js';
import { post } from './post.js';
import { INSERT_SETTLEMENT, LOCK_MERCHANT, SETTLEMENTS_BY_ID, type SettlementRow } from './settlements-sql.js';

export interface SettlementWanted {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly amount: Money;
  readonly fees: Money;
  readonly reference: string;
  /** Now when null. */
  readonly occurredAt: Date | null;
  readonly inAdvance: boolean;
}

/** Takes off a merchant's balance what the operator has passed on to it, once for an idempotency key. */
export function recordSettlement(
  transaction: Transaction,
  wanted: SettlementWanted,
  request: IdempotentRequest,
): Promise<SettlementRow> {
  return idempotently(
    transaction,
    request,
    async () => {
      const value = await settle(transaction, wanted);
      return { result: { settlementId: value.id }, value };
    },
    ({ settlementId = '' }) => settlementById(transaction, settlementId),
  );
}

async function settle(transaction: Transaction, wanted: SettlementWanted): Promise<SettlementRow> {
  const { operatorId, now } = transaction;
  const { merchantId, mode, amount, fees, reference, inAdvance } = wanted;
  const [merchant] = await transaction.query(LOCK_MERCHANT, [operatorId, merchantId]);
  if (!merchant) throw notFound('merchant');
  if (wanted.occurredAt && wanted.occurredAt > now)
    throw invalidInput([
      { path: ['occurredAt'], message: `${wanted.occurredAt.toISOString()} is after now, ${now.toISOString()}` },
    ]);
  if (!inAdvance) await assertAvailable(transaction, wanted);
  const settlement: SettlementRow = {
    id: newUuid(),
    merchantId,
    mode,
    currency: amount.currency,
    amount: amount.minor,
    fees: fees.minor,
    reference,
    inAdvance,
    occurredAt: wanted.occurredAt ?? now,
    createdAt: now,
  };
  insert(transaction, settlement);
  const cause = { mode, merchantId, settlementId: settlement.id, occurredAt: settlement.occurredAt };
  post(transaction, [{ posting: settlementPosting(amount, fees), cause }]);
  transaction.publish(settlementRecorded(settlement));
  return settlement;
}

/** Read under the merchant's lock, so that of two settlements the second sees the first. */
async function assertAvailable(transaction: Transaction, wanted: SettlementWanted): Promise<void> {
  const { amount, fees, merchantId, mode } = wanted;
  const balances = await transaction.query<MerchantBalanceRow>(BALANCES_OF_MERCHANTS, [
    transaction.operatorId,
    [merchantId],
    mode,
  ]);
  const found = balances.find(({ account, currency }) => account === 'AVAILABLE' && currency === amount.currency);
  const available = Money.of(found?.amount ?? 0n, amount.currency);
  const total = amount.plus(fees);
  if (!total.isGreaterThan(available)) return;
  throw new DomainError(
    'AMOUNT_EXCEEDS_AVAILABLE',
    `amount: ${amount}${fees.isZero() ? '' : ` with fees of ${fees}`} is more than the ${available} that is available; ` +
      'inAdvance: true records it all the same',
  );
}

function insert(transaction: Transaction, settlement: SettlementRow): void {
  const { id, merchantId, mode, currency, amount, fees, reference, inAdvance, occurredAt, createdAt } = settlement;
  const parameters = [id, merchantId, mode, currency, amount, fees, reference, inAdvance, occurredAt, createdAt];
  transaction.send(INSERT_SETTLEMENT, [transaction.operatorId, ...parameters]);
}

async function settlementById(transaction: Transaction, id: string): Promise<SettlementRow> {
  const [settlement] = await transaction.query<SettlementRow>(SETTLEMENTS_BY_ID, [transaction.operatorId, [id]]);
  if (!settlement) throw notFound('settlement');
  return settlement;
}
