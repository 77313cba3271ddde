import { type Column, column } from './column.js';
import { chargeColumns } from './columns-shared.js';

const REQUIRED = { required: true };

/** What the payer agrees to. */
const TERMS: readonly Column[] = [
  column(
    'terms.reference',
    'REFERENCE',
    'gym-4711',
    "The merchant's own id of the agreement, 1 to 100 characters. It is the row's reference: an agreement is made once.",
    REQUIRED,
  ),
  column('terms.type', 'TEXT', 'RECURRING', 'RECURRING, INSTALLMENT, UNSCHEDULED or OTHER.', REQUIRED),
  column('terms.amountVariability', 'TEXT', 'FIXED', 'FIXED or VARIABLE; needed for RECURRING.'),
  column('terms.startDate', 'DAY', '2030-01-31', 'The first day on which it holds; not in the past.'),
  column('terms.expiryDate', 'DAY', '2031-12-31', 'The last day on which the payer may be charged.'),
  column('terms.minimumAmount', 'DECIMAL', '5.00', 'The least that one charge may be, in major units.'),
  column('terms.maximumAmount', 'DECIMAL', '100.00', 'The most that one charge may be, in major units.'),
  column('terms.minimumDaysBetweenPayments', 'WHOLE_NUMBER', '20', 'Two charges lie at least so many days apart.'),
  column('terms.numberOfPayments', 'WHOLE_NUMBER', '24', 'How many charges may be made in all, 1 to 999.'),
  column(
    'terms.frequency',
    'TEXT',
    'MONTHLY',
    'AD_HOC, DAILY, WEEKLY, FORTNIGHTLY, MONTHLY, QUARTERLY, TWICE_YEARLY, YEARLY or OTHER.',
  ),
  column('terms.retailer.abbreviatedTradingName', 'TEXT', 'ACME', 'INSTALLMENT: who sold it, up to 10 characters.'),
  column('terms.retailer.merchantCategoryCode', 'TEXT', '5732', 'MCC of ISO 18245, four digits.'),
  column('terms.retailer.tradingName', 'TEXT', 'Acme Electronics', 'In full, up to 100 characters.'),
  column(
    'terms.metadata.<key>',
    'TEXT',
    'gold',
    'A note under a key of your own: up to 50, keys of up to 40 characters, values of up to 500.',
  ),
];

const PAYER: readonly Column[] = [
  column('payer.id', 'TEXT', 'payer_01jd8x2v5kfa3t9m7c4e6r0hzq', 'A payer of this merchant. Not with payer.reference.'),
  column('payer.reference', 'TEXT', 'member-4711', "The merchant's id of the payer; made if new."),
  column('payer.email', 'TEXT', 'ann@shop.example', 'Where the payment system may send a receipt.'),
  column('payer.name', 'TEXT', 'Ann Example', 'Up to 200 characters.'),
  column('payer.phone', 'TEXT', '030 901820', 'Up to 40 characters.'),
];

/** Made now, with the payer's consent. A row without payment and without import waits for its payer. */
const PAYMENT: readonly Column[] = [
  column(
    'payment.credential.token',
    'TEXT',
    'pm_1PqX2eLkdIwHu7ix',
    "The payment system's token: the first transaction is made at once. Never a card number.",
  ),
  column('payment.credential.externalCustomerId', 'TEXT', 'cus_Qx1Yz2', 'The customer that the token is attached to.'),
  column(
    'payment.credential.storedCredentialId',
    'TEXT',
    'cred_01jd8x2v5kfa3t9m7c4e6r0hzq',
    'In place of a token: what is stored here of the same payer.',
  ),
  column('payment.source', 'TEXT', 'INTERNET', "How the payer's consent came. Empty: INTERNET."),
  column('payment.storedOnFile', 'TEXT', 'TO_BE_STORED', 'NOT_STORED, TO_BE_STORED or STORED. Empty: derived.'),
  column('payment.mandate.acceptedAt', 'MOMENT', '2026-11-21T09:30:00Z', 'Bank accounts: when the payer agreed.'),
  column('payment.mandate.ipAddress', 'TEXT', '203.0.113.7', 'Where they agreed in a browser: their address.'),
  column('payment.mandate.userAgent', 'TEXT', 'Mozilla/5.0', 'And their browser.'),
  column('firstAmount', 'DECIMAL', '20.00', 'What the payer pays first. Empty: the means of payment is checked.'),
  column('firstOrderNumber', 'TEXT', 'gym-4711-first', "The merchant's number of the first order. Empty: one is made."),
  column('installments.total', 'DECIMAL', '300.00', 'INSTALLMENT: what all parts add up to.'),
  column('installments.parts', 'WHOLE_NUMBER', '3', 'How many parts, 2 to 99.'),
  column('installments.firstPartNow', 'BOOLEAN', 'true', 'Whether the first part is paid now. Empty: true.'),
  column('returnUrl', 'TEXT', 'https://shop.example/back', "Where the payer's browser comes back to."),
];

/** Any of these makes the row an `importAgreement`: taken over from another gateway, without a new transaction. */
export const IMPORT_COLUMNS: readonly Column[] = [
  column('firstTransaction.date', 'DAY', '2024-03-15', 'Imports: the day on which the payer agreed elsewhere.'),
  column('firstTransaction.reference', 'TEXT', 'ntid-981276340', 'What that transaction is known by there.'),
  column('credential.token', 'TEXT', 'pm_1PqX2eLkdIwHu7ix', 'Imports: what is charged from now on.'),
  column('credential.externalCustomerId', 'TEXT', 'cus_Qx1Yz2', 'The customer that it belongs to; needed with it.'),
  column(
    'credential.storedCredentialId',
    'TEXT',
    'cred_01jd8x2v5kfa3t9m7c4e6r0hzq',
    'In place of a token: what is stored here of the same payer.',
  ),
  column('paymentsMade', 'WHOLE_NUMBER', '12', 'Charges that were paid before, 0 to 999. Empty: 0.'),
  column('lastPaymentDate', 'DAY', '2026-11-15', 'The day of the last of them.'),
];

/** Columns that go with a first transaction made now, and so with no import. */
export const PAYMENT_COLUMNS: readonly string[] = PAYMENT.map(({ name }) => name);

/** `createAgreements`: a row is a `createAgreement`, or an `importAgreement` where it says how the payer agreed elsewhere. */
export const CREATE_COLUMNS: readonly Column[] = [
  ...TERMS,
  ...PAYER,
  column('currency', 'TEXT', 'EUR', 'ISO 4217, of all amounts of the row.', REQUIRED),
  column('paymentSystemAccountId', 'TEXT', 'psa_01jd8x2v5kfa3t9m7c4e6r0hzq', "Empty: the merchant's."),
  ...chargeColumns({ takesNull: false }),
  ...PAYMENT,
  ...IMPORT_COLUMNS,
];
