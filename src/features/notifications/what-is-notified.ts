import {
  AGREEMENT_STATUS_CHANGED,
  CARD_EXPIRING,
  CHARGE_COMING,
  CHARGE_FAILED,
  CHARGE_NEEDS_PAYER,
} from '../agreements/index.js';
import { BULK_OPERATION_STATUS_CHANGED } from '../bulk/index.js';
import {
  CREDIT_NOTE_CREATED,
  CREDIT_NOTE_STATUS_CHANGED,
  INVOICE_NEEDS_PAYER,
  INVOICE_OVERPAID,
  INVOICE_STATUS_CHANGED,
} from '../invoices/index.js';
import {
  CAPTURE_DEADLINE_NEAR,
  IS_SETTLED,
  OPERATION_STATUS_CHANGED,
  ORDER_STATUS_CHANGED,
  REFUND_FAILED,
} from '../orders/index.js';
import { STORED_CREDENTIAL_REMOVED, STORED_CREDENTIAL_UPDATED } from '../payers/index.js';
import type { Notified } from './domain/notified.js';

const SETTLED_ORDERS = new Set<unknown>(Object.entries(IS_SETTLED).flatMap(([status, is]) => (is ? [status] : [])));

const ENDED_FILES = new Set<unknown>(['COMPLETED', 'CANCELED', 'REFUSED']);

const SETTLED_OPERATIONS = new Set<unknown>(['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'DECLINED', 'FAILED', 'CANCELED']);

/** Everything that merchants are told of. A further kind of event is a further line. */
const TABLE: readonly Notified[] = [
  {
    type: ORDER_STATUS_CHANGED,
    when: 'an order reached a status in which nothing more happens by itself',
    isTold: ({ status }) => SETTLED_ORDERS.has(status),
  },
  {
    type: OPERATION_STATUS_CHANGED,
    when: 'an operation on an order ended',
    isTold: ({ status }) => SETTLED_OPERATIONS.has(status),
  },
  { type: CAPTURE_DEADLINE_NEAR, when: 'a hold lapses soon: capture it or let it go' },
  { type: REFUND_FAILED, when: 'a refund came back after it had succeeded' },
  {
    type: AGREEMENT_STATUS_CHANGED,
    when: 'an agreement came into force, fell behind, was suspended or ended',
    isTold: ({ status }) => status !== 'PENDING',
  },
  { type: CHARGE_COMING, when: 'the next charge is near' },
  { type: CHARGE_FAILED, when: 'a charge was declined, or came to nothing' },
  { type: CHARGE_NEEDS_PAYER, when: 'a charge waits for the payer to confirm it' },
  { type: CARD_EXPIRING, when: 'the card ends before the next charge' },
  {
    type: INVOICE_STATUS_CHANGED,
    when: 'an invoice was closed, paid, fell past due, was thrown away or written off',
    isTold: ({ status }) => status !== 'DRAFT',
  },
  { type: STORED_CREDENTIAL_REMOVED, when: 'a stored means of payment cannot be used any more' },
  { type: STORED_CREDENTIAL_UPDATED, when: "the payer's bank renewed a stored card" },
  { type: INVOICE_NEEDS_PAYER, when: 'an invoice is left to its payer, who pays it by its link' },
  { type: INVOICE_OVERPAID, when: 'money came for an invoice that was not owed any more' },
  { type: CREDIT_NOTE_CREATED, when: 'a credit note took back an invoice or a part of one' },
  { type: CREDIT_NOTE_STATUS_CHANGED, when: 'the refund of a credit note ended, or came back after that' },
  {
    type: BULK_OPERATION_STATUS_CHANGED,
    when: 'a file of rows was worked off, cancelled or refused',
    isTold: ({ status }) => ENDED_FILES.has(status),
  },
  { type: 'settlement.recorded', when: 'the operator passed money on to you' },
];

export const WHAT_IS_NOTIFIED: ReadonlyMap<string, Notified> = new Map(TABLE.map((entry) => [entry.type, entry]));

/** What `sendTestNotification` sends. No event is behind it. */
export const TEST_TYPE = 'notification.test';
