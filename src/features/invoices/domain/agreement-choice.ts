import type { Currency } from '../../../kernel/currency.js';

/** An agreement of an invoice's payer, as far as it matters for the choice. */
export type Candidate = {
  readonly id: string;
  readonly status: string;
  readonly type: string;
  readonly currency: Currency;
  readonly hasSchedule: boolean;
  readonly createdAt: Date;
};

export interface ToBeCharged {
  readonly currency: Currency;
  /** What the merchant said it is to be charged under; null leaves the choice to us. */
  readonly agreementId: string | null;
}

export type Choice =
  | { readonly kind: 'AGREEMENT'; readonly id: string }
  /** The payer pays by the link. */
  | { readonly kind: 'NONE'; readonly why: string };

const IN_FORCE: ReadonlySet<string> = new Set(['ACTIVE', 'PAST_DUE']);

/**
 * Under which of its payer's agreements an invoice is charged: the one that was
 * named, else the newest in force in its currency to which no schedule is tied.
 * A payer who agreed to 20 a month has not agreed to be charged for more beside
 * it, nor has one who pays off a plan: of those only a named one is charged.
 */
export function agreementChoice({ agreementId, currency }: ToBeCharged, candidates: readonly Candidate[]): Choice {
  if (agreementId !== null) return namedChoice(candidates.find(({ id }) => id === agreementId));
  const fitting = candidates.filter(
    (each) =>
      IN_FORCE.has(each.status) && each.currency === currency && !each.hasSchedule && each.type !== 'INSTALLMENT',
  );
  const [newest] = fitting.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1));
  if (newest) return { kind: 'AGREEMENT', id: newest.id };
  return { kind: 'NONE', why: `the payer has no agreement in force in ${currency} without a schedule` };
}

function namedChoice(named: Candidate | undefined): Choice {
  if (!named) return { kind: 'NONE', why: "the agreement is not this payer's" };
  if (IN_FORCE.has(named.status)) return { kind: 'AGREEMENT', id: named.id };
  return { kind: 'NONE', why: `the agreement that it is to be charged under is ${named.status}` };
}
