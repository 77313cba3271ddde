import { enumOf } from '../../platform/graphql/enum-of.js';
import { CHARGE_STOPS, CREDIT_NOTE_STATUSES, CREDIT_SETTLEMENTS, INVOICE_STATUSES } from './domain/words.js';

export const InvoiceStatusEnum = enumOf('InvoiceStatus', 'How an invoice stands.', INVOICE_STATUSES, {
  DRAFT: 'It gathers the items of its month until it is closed, and has no number yet.',
  OPEN: 'Closed, numbered and owed; its items and amounts never change again.',
  PAID: 'By money, by the payer’s credit or by credit notes, to the last unit.',
  PAST_DUE: 'Owed, and its `dueOn` has passed.',
  VOID: 'Thrown away: nothing is owed. One that was closed keeps its number.',
  UNCOLLECTIBLE: 'Written off. Money that arrives after all still makes it PAID.',
});

export const ChargeStopEnum = enumOf(
  'InvoiceChargeStop',
  'Why an invoice is not charged by itself any more, and waits for its payer.',
  CHARGE_STOPS,
  {
    NO_AGREEMENT: 'Its payer has no agreement under which it might be charged.',
    REFUSED_BY_TERMS: 'The agreement or a rule does not allow this charge; `chargeStopDetail` says which.',
    HARD_DECLINE: 'The bank said no for good.',
    RETRIES_EXHAUSTED: 'It was declined as often as the merchant’s retry policy allows.',
    SCHEME_LIMIT: 'The card was tried as often as the card schemes allow.',
    CREDENTIAL_UNUSABLE: 'The means of payment was removed, detached or has expired.',
    CANCELED:
      'The attempt was cancelled by the merchant, or the invoice was written off while it was charged by itself.',
    RETURNED: 'The bank took the payment back after it had been paid.',
    AMOUNT_NOT_ACCEPTED:
      'The payment system takes no such amount, from an agreement or by a link; `chargeStopDetail` says the limit. ' +
      'There is no link: credit it, void it, or have it paid past us.',
  },
);

export const CreditSettlementEnum = enumOf(
  'CreditSettlement',
  'What becomes of the money that a credit note gives back.',
  CREDIT_SETTLEMENTS,
  {
    AMOUNT_DUE: 'Nothing was paid yet, so less is owed.',
    REFUND: 'It is given back the way it was paid.',
    BALANCE: 'It is the payer’s credit, which the next invoices in this currency use.',
  },
);

export const CreditNoteStatusEnum = enumOf(
  'CreditNoteStatus',
  'Where the money of a credit note is.',
  CREDIT_NOTE_STATUSES,
  {
    PENDING: 'The refund is under way.',
    SETTLED: 'The payer has it: as a refund, as credit, or as less to pay.',
    FAILED:
      'The refund, or a part of it, came to nothing: the note gives nothing back beyond what the invoice shows as refunded, and ' +
      'what it took back can be credited anew.',
  },
);
