import { enumOf } from '../../platform/graphql/enum-of.js';
import { RETRY_ADVICE } from '../payment-systems/index.js';
import { CANCELLATION_REASONS } from './cancel-order.js';
import { OPERATION_STATUSES, OPERATION_TYPES, TRANSACTION_TYPES } from './domain/operation-state.js';
import { CAPTURE_MODES, ORDER_STATUSES } from './domain/order-status.js';
import { STORED_ON_FILE } from './domain/scheme-rules.js';

export const CaptureModeEnum = enumOf('CaptureMode', 'When the money is taken.', CAPTURE_MODES, {
  AUTOMATIC: 'One stage: authorised and captured at once.',
  MANUAL: 'Two stages: held now, taken by `captureOrder` or released by `cancelOrder` before `captureBefore`.',
});

export const PayerLanguageEnum = enumOf(
  'PayerLanguage',
  'The language of the pages that a payer sees.',
  ['EN', 'RO', 'RU'],
  { EN: 'English.', RO: 'Romanian.', RU: 'Russian.' },
);

export const OrderStatusEnum = enumOf(
  'OrderStatus',
  'How an order stands. Derived from its amounts and operations.',
  ORDER_STATUSES,
  {
    CREATED: 'It waits to be paid: nobody has tried yet, or what was tried came to nothing and was closed.',
    PROCESSING: 'A payment is being made, or its outcome is not known yet.',
    REQUIRES_ACTION: 'The payer is to do something: authenticate, or pay on the page that is open. See `nextAction`.',
    AUTHORIZED: 'Money is held and nothing is captured: capture or cancel it before `captureBefore`.',
    PARTIALLY_CAPTURED: 'Less was captured than was held.',
    CAPTURED: 'All that was held was captured.',
    PARTIALLY_REFUNDED: 'A part of what was captured went back.',
    REFUNDED: 'All that was captured went back.',
    CANCELED: 'Cancelled before anything was captured. The order number is free again.',
    DECLINED: 'The payment failed and nothing was taken. The order number is free again.',
    EXPIRED: 'Nobody paid in time, or the hold lapsed uncaptured. The order number is free again.',
    VERIFIED: 'A check without money passed.',
    DISPUTED: "The payer's bank is asking for the money or has taken it back.",
  },
);

export const OperationTypeEnum = enumOf('OperationType', 'What was asked of an order.', OPERATION_TYPES, {
  PAYMENT: 'To pay it.',
  CAPTURE: 'To take held money.',
  CANCELLATION: 'To release or give back money.',
  VERIFICATION: 'To check the means of payment without money.',
  AUTHORIZATION_INCREASE: 'To hold more.',
});

export const OperationStatusEnum = enumOf(
  'OperationStatus',
  'How an operation or transaction stands.',
  OPERATION_STATUSES,
  {
    PENDING: 'Accepted; being sent to the payment system.',
    PROCESSING: 'The payment system has taken it on; its outcome comes later, for refunds in days.',
    REQUIRES_ACTION: 'The payer must authenticate.',
    SUCCEEDED: 'Done.',
    PARTIALLY_SUCCEEDED: 'Some of its transactions were done and some were not.',
    DECLINED: "The payer's bank said no.",
    FAILED: 'The payment system refused it or could not carry it out; no money moved by it.',
    CANCELED: 'Given up before it was done.',
    UNKNOWN: 'The answer was lost. It is being found out; nothing new is sent for the order until then.',
  },
);

export const TransactionTypeEnum = enumOf('TransactionType', 'One message to the payment system.', TRANSACTION_TYPES, {
  AUTHORIZATION: 'Hold money.',
  SALE: 'Authorise and capture at once.',
  CAPTURE: 'Take held money.',
  VOID: 'Release a hold, or close a payment that nobody has made.',
  REFUND: 'Give captured money back.',
  VERIFICATION: 'Check without money.',
});

export const StoredOnFileEnum = enumOf('StoredOnFile', 'Whether the payer lets the details be kept.', STORED_ON_FILE, {
  NOT_STORED: 'Used once.',
  TO_BE_STORED: 'To be kept for later if this transaction succeeds.',
  STORED: 'Kept before and used again.',
});

export const CancellationReasonEnum = enumOf('CancellationReason', 'Why an order is cancelled.', CANCELLATION_REASONS, {
  MERCHANT: 'The merchant cannot or will not deliver.',
  PAYER: 'The payer asked for it.',
  FRAUD: 'It looks like fraud.',
  DUPLICATE: 'It was made twice.',
});

export const RetryAdviceEnum = enumOf('RetryAdvice', 'What the payment system advises after a decline.', RETRY_ADVICE, {
  TRY_AGAIN_LATER: 'The same details may work later.',
  CONFIRM_CARD_DATA: 'Ask the payer to check the card details.',
  DO_NOT_TRY_AGAIN: 'The same details will not work.',
});

const EFFECTS = ['NOW', 'WITH_CAPTURE'] as const;
export const CancellationEffectEnum = enumOf(
  'CancellationEffect',
  'When a step of a cancellation takes effect.',
  EFFECTS,
  {
    NOW: 'It is sent to the payment system at once.',
    WITH_CAPTURE: 'Nothing is sent: that part of the hold is no longer captured and goes back with the final capture.',
  },
);

const DISPUTE_STATUSES = ['OPEN', 'WON', 'LOST'] as const;
export const DisputeStatusEnum = enumOf('DisputeStatus', 'How a dispute stands.', DISPUTE_STATUSES, {
  OPEN: "The payer's bank waits for an answer, or is deciding.",
  WON: 'Decided for the merchant: the money stays.',
  LOST: 'Decided for the payer: the money is gone.',
});
