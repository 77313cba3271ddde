import { newUuid } from '../../../src/kernel/ids.js';

export type Columns = Readonly<Record<string, unknown>>;
export type Insert = readonly [table: string, columns: Columns];

/** Rows that are there: what a row that is refused is made of. */
export interface Credited {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly payerId: string;
  /** Owed, with one item of 100.00 at 19 %. */
  readonly invoiceId: string;
  readonly itemId: string;
  /** Notes 1 to 3: a refund, one that became credit, and one of a refund that failed. */
  readonly refund: { readonly id: string; readonly operationId: string };
  readonly balance: { readonly id: string; readonly entryId: string };
  readonly failed: { readonly id: string };
  /** An invoice that has used the credit. */
  readonly usedBy: string;
  /** The same payer's, and was paid without. */
  readonly paidId: string;
}

const NOW = new Date();

export function note(world: Credited, changed: Columns = {}): Insert {
  const { operatorId, merchantId, invoiceId } = world;
  return [
    'credit_notes',
    {
      ...{ operator_id: operatorId, id: newUuid(), invoice_id: invoiceId, merchant_id: merchantId, mode: 'TEST' },
      ...{ number: 4, currency: 'EUR', net_minor: 100, tax_minor: 19, total_minor: 119, reason: 'x' },
      ...{ settlement: 'AMOUNT_DUE', status: 'SETTLED', operation_id: null, issued_on: '2026-01-31' },
      ...{ created_at: NOW, finished_at: NOW, ...changed },
    },
  ];
}

export function line(world: Credited, creditNoteId: unknown, changed: Columns = {}): Insert {
  const { operatorId, itemId } = world;
  const ids = { operator_id: operatorId, id: newUuid(), credit_note_id: creditNoteId, item_id: itemId };
  return ['credit_note_lines', { ...ids, net_minor: 100, tax_minor: 19, ...changed }];
}

function entry({ operatorId, payerId }: Credited, changed: Columns): Insert {
  const ids = { operator_id: operatorId, id: newUuid(), payer_id: payerId };
  return ['payer_credit_entries', { ...ids, currency: 'EUR', amount_minor: 1, created_at: NOW, ...changed }];
}

const credits = ({ operatorId, payerId }: Credited, changed: Columns): Insert => [
  'payer_credits',
  { operator_id: operatorId, payer_id: payerId, currency: 'JPY', balance_minor: 0, ...changed },
];

const series = ({ operatorId, merchantId }: Credited, changed: Columns): Insert => [
  'invoice_series',
  { operator_id: operatorId, merchant_id: merchantId, mode: 'LIVE', kind: 'CREDIT_NOTE', last_number: 0, ...changed },
];

type Attempt = (world: Credited) => readonly (Insert | string)[];

/** A note with a line that fits it, unless either says otherwise; with a number that its series has given out. */
const withLine =
  (ofNote: (world: Credited) => Columns, ofLine: (world: Credited) => Columns = () => ({})): Attempt =>
  (world) => {
    const made = note(world, ofNote(world));
    return [NEXT, made, line(world, made[1].id, ofLine(world)), CREDITED];
  };

const plain = (changed: Columns) => withLine(() => changed);

/** The next number of the series. */
export const NEXT =
  "update invoice_series set last_number = last_number + 1 where kind = 'CREDIT_NOTE' and mode = 'TEST'";

/** What an invoice owes less by its notes. */
export const CREDITED = `update invoices i set credited_minor = n.total from (
    select invoice_id, sum(total_minor)::bigint as total from credit_notes where settlement = 'AMOUNT_DUE' group by invoice_id) n
  where n.invoice_id = i.id and i.credited_minor <> n.total and i.status = 'OPEN'`;

/** What the tables of credit notes and payers' credit refuse, by the constraint that does; each differs in one point from what is taken. */
export const CREDIT_CASES: Readonly<Record<string, readonly Attempt[]>> = {
  credit_notes_pkey: [withLine(({ refund }) => ({ id: refund.id }))],
  credit_notes_number_unique: [plain({ number: 1 })],
  credit_notes_operation_unique: [
    withLine(({ refund }) => ({ settlement: 'REFUND', operation_id: refund.operationId })),
  ],
  credit_notes_operation_id_reference: [plain({ settlement: 'REFUND', operation_id: newUuid() })],
  credit_notes_invoice_id_reference: [
    plain({ invoice_id: newUuid() }),
    plain({ mode: 'LIVE' }),
    plain({ merchant_id: newUuid() }),
  ],
  credit_notes_amounts_check: [
    plain({ total_minor: 118 }),
    plain({ net_minor: 0, tax_minor: 0, total_minor: 0 }),
    plain({ net_minor: -1, total_minor: 18 }),
    plain({ tax_minor: -1, total_minor: 99 }),
  ],
  credit_notes_currency_check: [plain({ currency: 'eur' })],
  credit_notes_mode_check: [plain({ mode: 'OTHER' })],
  credit_notes_number_check: [plain({ number: 0 })],
  credit_notes_reason_check: [plain({ reason: '' }), plain({ reason: 'x'.repeat(501) })],
  credit_notes_settled_check: [
    plain({ settlement: 'REFUND', status: 'PENDING' }),
    plain({ finished_at: null }),
    plain({ status: 'PENDING', finished_at: null }),
    withLine(({ refund }) => ({ settlement: 'BALANCE', operation_id: refund.operationId })),
  ],
  credit_notes_settlement_check: [plain({ settlement: 'OTHER' })],
  credit_notes_status_check: [plain({ settlement: 'REFUND', status: 'OTHER' })],
  credit_notes_add_up: [
    (world) => [NEXT, note(world), CREDITED],
    plain({ currency: 'USD' }),
    (world) => {
      const made = note(world);
      return [NEXT, made, line(world, made[1].id)];
    },
    withLine(
      () => ({ net_minor: 10_001, tax_minor: 0, total_minor: 10_001 }),
      () => ({ net_minor: 10_001, tax_minor: 0 }),
    ),
    withLine(
      () => ({ net_minor: 0, tax_minor: 1901, total_minor: 1901 }),
      () => ({ net_minor: 0, tax_minor: 1901 }),
    ),
    withLine(({ usedBy }) => ({ invoice_id: usedBy })),
    (world) => {
      const made = note(world, { number: 5 });
      return [made, line(world, made[1].id), CREDITED];
    },
  ],
  credit_notes_stay: [
    () => ["update credit_notes set reason = 'another'"],
    () => ['update credit_notes set total_minor = total_minor + 1, net_minor = net_minor + 1'],
    ({ failed }) => [`update credit_notes set status = 'SETTLED' where id = '${failed.id}'`],
    ({ refund }) => [`update credit_notes set status = 'PENDING', finished_at = null where id = '${refund.id}'`],
  ],
  credit_note_lines_pkey: [
    (world) => {
      const made = note(world);
      return [made, line(world, made[1].id, { id: made[1].id }), line(world, made[1].id, { id: made[1].id })];
    },
  ],
  credit_note_lines_credit_note_id_reference: [(world) => [line(world, newUuid())]],
  credit_note_lines_item_id_reference: [
    withLine(
      () => ({}),
      () => ({ item_id: newUuid() }),
    ),
  ],
  credit_note_lines_amounts_check: [
    withLine(
      () => ({}),
      () => ({ net_minor: 0, tax_minor: 0 }),
    ),
    withLine(
      () => ({}),
      () => ({ net_minor: -1 }),
    ),
    withLine(
      () => ({}),
      () => ({ tax_minor: -1 }),
    ),
  ],
  credit_note_lines_add_up: [(world) => [line(world, world.balance.id)], plain({ net_minor: 101, total_minor: 120 })],
  payer_credits_pkey: [(world) => [credits(world, { currency: 'EUR' })]],
  payer_credits_payer_id_reference: [(world) => [credits(world, { payer_id: newUuid() })]],
  payer_credits_balance_check: [(world) => [credits(world, { balance_minor: -1 })]],
  payer_credits_currency_check: [(world) => [credits(world, { currency: 'jpy' })]],
  payer_credits_sum: [
    () => ['update payer_credits set balance_minor = balance_minor + 1'],
    (world) => [credits(world, { balance_minor: 1 })],
  ],
  payer_credit_entries_pkey: [(world) => [entry(world, { id: world.balance.entryId, invoice_id: world.invoiceId })]],
  payer_credit_entries_currency_reference: [
    (world) => [entry(world, { currency: 'JPY', invoice_id: world.invoiceId })],
  ],
  payer_credit_entries_credit_note_id_reference: [(world) => [entry(world, { credit_note_id: newUuid() })]],
  payer_credit_entries_invoice_id_reference: [(world) => [entry(world, { invoice_id: newUuid() })]],
  payer_credit_entries_cause_check: [
    (world) => [entry(world, {})],
    (world) => [entry(world, { amount_minor: 0, invoice_id: world.invoiceId })],
    (world) => [entry(world, { amount_minor: -1, credit_note_id: world.refund.id })],
    (world) => [entry(world, { invoice_id: world.invoiceId, credit_note_id: world.refund.id })],
  ],
  payer_credit_entries_note_unique: [(world) => [entry(world, { credit_note_id: world.balance.id })]],
  payer_credit_entries_invoice_unique: [(world) => [entry(world, { amount_minor: -1, invoice_id: world.usedBy })]],
  payer_credit_entries_used: [
    (world) => [
      entry(world, { amount_minor: 5, invoice_id: world.usedBy }),
      entry(world, { amount_minor: -5, invoice_id: world.paidId }),
    ],
    (world) => [
      entry(world, { invoice_id: world.invoiceId }),
      `update payer_credits set balance_minor = balance_minor + 1 where payer_id = '${world.payerId}'`,
    ],
  ],
  payer_credit_entries_sum: [(world) => [entry(world, { invoice_id: world.invoiceId })]],
  invoice_series_pkey: [(world) => [series(world, { mode: 'TEST' })]],
  invoice_series_kind_check: [(world) => [series(world, { kind: 'OTHER' })]],
  invoice_series_mode_check: [(world) => [series(world, { mode: 'OTHER' })]],
  invoice_series_last_check: [(world) => [series(world, { last_number: -1 })]],
  invoice_series_merchant_id_reference: [(world) => [series(world, { merchant_id: newUuid() })]],
  invoice_series_no_gaps: [() => [NEXT], (world) => [series(world, { last_number: 1 })]],
};
