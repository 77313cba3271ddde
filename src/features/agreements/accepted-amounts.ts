import { DomainError, invalidInput } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { accountOf, assertAmountAccepted } from '../payment-systems/index.js';
import { type AgreementRow, money } from './agreement-rows.js';
import type { ChargeAmount } from './domain/charge-amount.js';
import { chargeAmountOf } from './plan.js';

type Named = readonly [path: readonly string[], amount: bigint];

/**
 * Told when it is agreed on: each charge of such an amount would be refused, a
 * month or a year from now. `partsPath` names what the parts of a plan were
 * split from.
 */
export async function assertAmountsAccepted(
  transaction: Transaction,
  agreement: AgreementRow,
  partsPath: readonly string[] | null = null,
): Promise<void> {
  const amounts = chargeAmountOf(agreement);
  const { topUpAmount } = agreement;
  const all: Named[] = [
    ...(amounts ? namedAmounts(amounts, partsPath) : []),
    ...(topUpAmount === null ? [] : [[['topUp', 'amount'], topUpAmount] as const]),
  ];
  if (all.length === 0) return;
  const account = await accountOf(transaction, transaction.operatorId, agreement.accountId);
  for (const [path, amount] of all) {
    try {
      assertAmountAccepted(account, money(agreement, amount));
    } catch (error) {
      throw named(error, path);
    }
  }
}

/** Of a range any amount may be drawn, also the one that is no whole step of the payment system's. */
function namedAmounts(amounts: ChargeAmount, partsPath: readonly string[] | null): readonly Named[] {
  switch (amounts.mode) {
    case 'FIXED':
      return [[['chargeAmount', 'fixed'], amounts.amount]];
    case 'RANGE': {
      const { from, to } = amounts;
      const path = ['chargeAmount', 'range'];
      const between: readonly Named[] = from < to ? [[path, from + 1n]] : [];
      return [[[...path, 'from'], from], [[...path, 'to'], to], ...between];
    }
    case 'SEQUENCE':
      return amounts.amounts.map((each, index) => [partsPath ?? ['chargeAmount', 'sequence', String(index)], each]);
  }
}

/** The payment system knows one amount at a time; which of the plan's it was is ours to say. */
export function named(error: unknown, path: readonly string[]): unknown {
  if (!(error instanceof DomainError)) return error;
  const [issue] = error.issues;
  if (error.code === 'INVALID_INPUT' && issue) return invalidInput([{ path, message: issue.message }]);
  return new DomainError(error.code, `${path.join('.')}: ${error.message}`, error.issues, error.retryable);
}
