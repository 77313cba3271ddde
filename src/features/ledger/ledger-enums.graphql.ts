import { enumOf } from '../../platform/graphql/enum-of.js';
import { MOVEMENT_KINDS } from '../payment-systems/index.js';
import { ACCOUNTS, MERCHANT_ACCOUNTS, POSTING_KINDS } from './domain/accounts.js';
import { DIFFERENCE_KINDS } from './domain/differences.js';
import { PAYOUT_STATUSES } from './domain/payout-status.js';

const OF_MERCHANTS = {
  AVAILABLE: 'What the operator owes the merchant and may pass on now. Below zero: the merchant owes it.',
  PENDING: 'Captured, and not released by the payment system yet.',
  FEES: 'What the payment system took for the merchant’s payments, below zero, until a settlement puts it on the merchant’s account.',
} as const;

export const MerchantAccountEnum = enumOf(
  'MerchantAccount',
  'The three balances that a merchant has in each currency.',
  MERCHANT_ACCOUNTS,
  OF_MERCHANTS,
);

export const LedgerAccountNameEnum = enumOf('LedgerAccountName', 'The accounts of the ledger.', ACCOUNTS, {
  ...OF_MERCHANTS,
  CLEARING: 'What the operator has at the payment system: with the opposite sign, the balance there.',
  EXCHANGE: 'What was exchanged: one currency came to it, another left it.',
  PAYOUTS: 'What the payment system has paid out to the operator’s bank, below zero.',
  OTHER: 'The operator’s other traffic at the payment system, and the fees that no payment has caused.',
  SETTLEMENTS: 'What the operator has passed on to merchants.',
});

export const PostingKindEnum = enumOf('PostingKind', 'What a posting tells of.', POSTING_KINDS, {
  OPENING: 'What an order had come to when the ledger began.',
  CAPTURE: 'Money of an order was taken.',
  REFUND: 'It was given back, or is on its way back.',
  REFUND_FAILED: 'A refund came back.',
  FEE: 'The payment system took its fee.',
  EXCHANGE: 'The payment system settles the payment in another currency.',
  AVAILABILITY: 'What was pending is available.',
  DISPUTE: 'The payer’s bank took money back.',
  DISPUTE_REVERSAL: 'It gave the money back again.',
  PAYOUT: 'The payment system paid out to the operator’s bank.',
  PAYOUT_FAILURE: 'A payout came back.',
  SETTLEMENT: 'The operator passed money on to a merchant.',
  OTHER: 'Something else moved the balance at the payment system.',
});

export const MovementKindEnum = enumOf(
  'MovementKind',
  'What moved the operator’s balance at its payment system.',
  MOVEMENT_KINDS,
  {
    CAPTURE: 'A payment was taken.',
    CAPTURE_FAILURE: 'One that was booked was not paid after all, in whole or in part.',
    REFUND: 'A payment was given back.',
    REFUND_FAILURE: 'A refund came back.',
    DISPUTE: 'A payer’s bank took a payment back.',
    DISPUTE_REVERSAL: 'It gave the payment back again.',
    PAYOUT: 'Paid out to the operator’s bank.',
    PAYOUT_FAILURE: 'A payout came back.',
    OTHER: 'The payment system’s own fees, top-ups and adjustments.',
  },
);

export const PayoutStatusEnum = enumOf('PayoutStatus', 'How far a payout is.', PAYOUT_STATUSES, {
  PENDING: 'Made; the payment system has not sent it yet.',
  IN_TRANSIT: 'On its way to the bank.',
  PAID: 'At the bank, as far as the payment system knows. It may still come back.',
  FAILED: 'The bank did not take it, or sent it back: `failureReason` says why.',
  CANCELED: 'Called off before it was sent.',
});

export const DifferenceKindEnum = enumOf(
  'LedgerDifferenceKind',
  'What two sides that should say the same do not agree about.',
  DIFFERENCE_KINDS,
  {
    ORDER_AND_LEDGER: 'What an order has captured and refunded, and what was posted of it.',
    ORDER_AND_ENTRIES: 'What is kept of an order beside its entries, and the entries.',
    DISPUTES_AND_LEDGER: 'An order’s disputes, and what was withdrawn for them.',
    MOVEMENT_MISSING_HERE: 'The payment system lists a movement that was not known here. It has been taken in.',
    MOVEMENT_MISSING_THERE: 'A movement that is known here is not listed by the payment system.',
    MOVEMENT_DIFFERS: 'Both know a movement, with other amounts.',
    MOVEMENT_UNREADABLE:
      'The payment system lists a movement that makes no sense here, so it was passed over. Told anew until it is known.',
    MOVEMENT_WITHOUT_CAPTURE: 'For more than a day a movement has been of an order that has captured nothing.',
    MOVEMENT_AWAITED: 'For more than three days no movement has told of what an order captured or refunded.',
    CLEARING_AND_MOVEMENTS: 'What is at the payment system by the ledger, and by the movements.',
  },
);
