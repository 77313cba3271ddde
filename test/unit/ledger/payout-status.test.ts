import { expect, it } from '@jest/globals';
import { isLaterPayoutStatus, PAYOUT_STATUSES } from '../../../src/features/ledger/domain/payout-status.js';

it('a look at a payout counts only if it is a later one, and the last word stays', () => {
  const later = PAYOUT_STATUSES.flatMap((before) =>
    PAYOUT_STATUSES.filter((after) => isLaterPayoutStatus(before, after)).map((after) => `${before} → ${after}`),
  );
  expect(later).toEqual([
    'PENDING → IN_TRANSIT',
    'PENDING → PAID',
    'PENDING → FAILED',
    'PENDING → CANCELED',
    'IN_TRANSIT → PAID',
    'IN_TRANSIT → FAILED',
    'IN_TRANSIT → CANCELED',
    'PAID → FAILED',
    'PAID → CANCELED',
  ]);
});
