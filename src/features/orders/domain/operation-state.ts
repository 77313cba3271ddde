import type { TransitionTable } from '../../../kernel/state-machine.js';

export const OPERATION_TYPES = [
  'PAYMENT',
  'CAPTURE',
  'CANCELLATION',
  'VERIFICATION',
  'AUTHORIZATION_INCREASE',
] as const;
export type OperationType = (typeof OPERATION_TYPES)[number];

export const TRANSACTION_TYPES = ['AUTHORIZATION', 'SALE', 'CAPTURE', 'VOID', 'REFUND', 'VERIFICATION'] as const;
export type TransactionType = (typeof TRANSACTION_TYPES)[number];

export const OPERATION_STATUSES = [
  'PENDING',
  'PROCESSING',
  'REQUIRES_ACTION',
  'SUCCEEDED',
  'PARTIALLY_SUCCEEDED',
  'DECLINED',
  'FAILED',
  'CANCELED',
  'UNKNOWN',
] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

export type OperationEvent =
  | 'lose'
  | 'requireAction'
  | 'process'
  | 'succeed'
  | 'succeedInPart'
  | 'decline'
  | 'fail'
  | 'cancel'
  | 'failAfterSuccess';

/**
 * One machine for operations and their transactions. `UNKNOWN` is a state like
 * another: it leads anywhere the payment system's answer says. What is settled
 * stays so, with one exception that has its own event: a refund may fail after
 * it succeeded, when the payer's bank sends it back.
 */
export const OPERATION_TRANSITIONS: TransitionTable<OperationStatus, OperationEvent> = {
  PENDING: {
    lose: 'UNKNOWN',
    requireAction: 'REQUIRES_ACTION',
    process: 'PROCESSING',
    succeed: 'SUCCEEDED',
    succeedInPart: 'PARTIALLY_SUCCEEDED',
    decline: 'DECLINED',
    fail: 'FAILED',
    cancel: 'CANCELED',
  },
  UNKNOWN: {
    requireAction: 'REQUIRES_ACTION',
    process: 'PROCESSING',
    succeed: 'SUCCEEDED',
    succeedInPart: 'PARTIALLY_SUCCEEDED',
    decline: 'DECLINED',
    fail: 'FAILED',
    cancel: 'CANCELED',
  },
  REQUIRES_ACTION: {
    process: 'PROCESSING',
    succeed: 'SUCCEEDED',
    decline: 'DECLINED',
    fail: 'FAILED',
    cancel: 'CANCELED',
  },
  PROCESSING: {
    requireAction: 'REQUIRES_ACTION',
    succeed: 'SUCCEEDED',
    succeedInPart: 'PARTIALLY_SUCCEEDED',
    decline: 'DECLINED',
    fail: 'FAILED',
    cancel: 'CANCELED',
  },
  SUCCEEDED: { failAfterSuccess: 'FAILED' },
  PARTIALLY_SUCCEEDED: { failAfterSuccess: 'FAILED' },
  DECLINED: {},
  FAILED: {},
  CANCELED: {},
};

/** The payment system has been asked and we do not know what it did, or it is being asked right now. */
export function isInFlight(status: OperationStatus): boolean {
  return status === 'PENDING' || status === 'UNKNOWN';
}
