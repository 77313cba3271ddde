import { DomainError, invalidInput } from '../../kernel/errors.js';
import type { Money } from '../../kernel/money.js';
import type { AccountRow } from './account-sql.js';
import type { AmountProblem } from './payment-gateway.js';
import { stripeAmountProblem, stripeExcessProblem } from './stripe-amounts.js';

const LIMITS: Readonly<Record<AccountRow['kind'], (amount: Money) => AmountProblem | null>> = {
  STRIPE: stripeAmountProblem,
};

/** Refuses an amount that the account's payment system would not charge, before anything is begun. */
export function assertAmountAccepted({ kind }: Pick<AccountRow, 'kind'>, amount: Money): void {
  const problem = LIMITS[kind](amount);
  if (problem !== null) throw refusalOf(problem);
}

/** The same for a part of what was charged, which has no least and no most but must be a whole number of its units. */
export function assertAmountExact({ kind }: Pick<AccountRow, 'kind'>, amount: Money): void {
  const problem = LIMITS[kind](amount);
  if (problem !== null && problem.code !== 'AMOUNT_OUT_OF_RANGE') throw refusalOf(problem);
}

/** Refuses a part of what is to be charged one day, by whatever account: more than any of them takes at once, or takes at all. */
export function assertNotBeyondAll(amount: Money): void {
  const problem = stripeExcessProblem(amount);
  if (problem !== null) throw refusalOf(problem);
}

function refusalOf({ code, message }: AmountProblem): DomainError {
  return code === 'INVALID_INPUT' ? invalidInput([{ path: ['amount'], message }]) : new DomainError(code, message);
}
