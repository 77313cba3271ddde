import { DomainError, invalidInput } from '../../kernel/errors.js';
import type { Money } from '../../kernel/money.js';
import type { AccountRow } from './account-sql.js';
import type { AmountProblem } from './payment-gateway.js';
import { stripeAmountProblem } from './stripe-amounts.js';

const LIMITS: Readonly<Record<AccountRow['kind'], (amount: Money) => AmountProblem | null>> = {
  STRIPE: stripeAmountProblem,
};

/** Refuses an amount that the account's payment system would not charge, before anything is begun. */
export function assertAmountAccepted({ kind }: Pick<AccountRow, 'kind'>, amount: Money): void {
  const problem = LIMITS[kind](amount);
  if (problem === null) return;
  if (problem.code === 'INVALID_INPUT') throw invalidInput([{ path: ['amount'], message: problem.message }]);
  throw new DomainError(problem.code, problem.message);
}
