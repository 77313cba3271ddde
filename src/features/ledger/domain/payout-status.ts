export const PAYOUT_STATUSES = ['PENDING', 'IN_TRANSIT', 'PAID', 'FAILED', 'CANCELED'] as const;
export type PayoutStatus = (typeof PAYOUT_STATUSES)[number];

/** A bank may send back what had arrived, so FAILED comes after PAID. */
const RANKS: Readonly<Record<PayoutStatus, number>> = { PENDING: 0, IN_TRANSIT: 1, PAID: 2, CANCELED: 3, FAILED: 3 };

/** Of two looks at a payout the later one counts, whichever is recorded first. */
export function isLaterPayoutStatus(before: PayoutStatus, after: PayoutStatus): boolean {
  return RANKS[after] > RANKS[before];
}
