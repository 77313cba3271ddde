import { DomainError, invalidInput } from '../../kernel/errors.js';
import type { Money } from '../../kernel/money.js';
import type { AccountRow } from './account-sql.js';
import { stripeAmountProblem } from './stripe-amounts.js';

/** Refuses an amount that the account's payment system would refuse: before anything is accepted, not after. */
export function assertAmountAccepted(_account: Pick<AccountRow, 'kind'>, amount: Money): void {
  const problem = stripeAmountProblem(amount);
  if (!problem) return;
  const { code, message } = problem;
  if (code === 'INVALID_INPUT') throw invalidInput([{ path: ['amount', 'amount'], message }]);
  throw new DomainError(code, `amount: ${message}`);
}
