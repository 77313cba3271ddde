import type { Transaction } from '../../platform/database/transaction.js';
import { accountOf, assertAmountAccepted } from '../payment-systems/index.js';
import { type AgreementRow, money } from './agreement-rows.js';
import { chargeAmountOf } from './plan.js';
import { amountsOf } from './plan-faults.js';

/** Told when it is agreed on: each charge of such an amount would be refused, a month or a year from now. */
export async function assertAmountsAccepted(transaction: Transaction, agreement: AgreementRow): Promise<void> {
  const amounts = chargeAmountOf(agreement);
  const { topUpAmount } = agreement;
  const all = [...(amounts ? amountsOf(amounts) : []), ...(topUpAmount === null ? [] : [topUpAmount])];
  if (all.length === 0) return;
  const account = await accountOf(transaction, transaction.operatorId, agreement.accountId);
  for (const amount of new Set(all)) assertAmountAccepted(account, money(agreement, amount));
}
