import { later } from '../../kernel/clock.js';
import type { Sql, Statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { AtOnce, carryOutAttempts } from '../agreements/index.js';
import type { Carriers, OrderFile } from '../orders/index.js';
import type { PaymentPace } from '../payment-systems/index.js';
import { DUE_DRAFTS, DUE_INVOICES, OPERATORS_WITH_DUE_INVOICES, PUT_OFF_INVOICE } from './attend-invoices-sql.js';
import { attendInvoice } from './charge-invoice.js';
import { closeDueInvoices, closeInvoiceNow } from './close-invoices.js';
import { fallDue } from './fall-due.js';
import type { InvoiceMeter } from './invoice-meter.js';

export interface InvoiceParts {
  readonly carriers: Carriers;
  readonly system: Sql;
  readonly lanes: OperatorLanes;
  readonly pace: PaymentPace;
  readonly meter: InvoiceMeter;
  readonly onFailure: (error: unknown) => void;
}

/** So many charges of one operator are on their way at once. */
const AT_ONCE = 24;

/** Each takes a connection to the database, of which others want some too. */
const ATTENDED_AT_ONCE = 4;

/** What has failed is looked at again after so long: a person has to, and is told each time. */
const FAILED_MS = 60 * 60 * 1000;

/**
 * Does what is due of invoices by itself: closes months, charges what is owed or
 * leaves it to its payer by a link, and says what is past due. Each operator has
 * a lane of its own, so that one with a hundred thousand holds up nobody with ten.
 */
export async function attendInvoices(parts: InvoiceParts): Promise<number> {
  const { carriers, system, lanes } = parts;
  const now = carriers.units.clock.now();
  const due = await system.query<{ operatorId: string }>(OPERATORS_WITH_DUE_INVOICES, [now]);
  return lanes.work(
    due.map(({ operatorId }) => ({ operatorId, id: operatorId })),
    ({ operatorId }) => attendOperator(parts, operatorId),
  );
}

async function attendOperator(parts: InvoiceParts, operatorId: string): Promise<void> {
  await closeAll(parts, operatorId).catch((error: unknown) => {
    parts.onFailure(error);
    return closeOneByOne(parts, operatorId);
  });
  await whileAny(parts, () => parts.carriers.units.sql(operatorId, fallDue));
  const onTheirWay = new AtOnce(AT_ONCE);
  try {
    await chargeAll(parts, operatorId, onTheirWay);
  } finally {
    await onTheirWay.ended();
  }
}

function closeAll(parts: InvoiceParts, operatorId: string): Promise<void> {
  return whileAny(parts, async () => {
    const closed = await parts.carriers.units.sql(operatorId, closeDueInvoices);
    parts.meter.closed.inc(closed);
    return closed;
  });
}

/** One draft that cannot be closed must not keep all others of its batch open. */
async function closeOneByOne(parts: InvoiceParts, operatorId: string): Promise<void> {
  const { units } = parts.carriers;
  for (const id of await dueIds(parts, operatorId, DUE_DRAFTS)) {
    const close = (transaction: Transaction) => closeInvoiceNow(transaction, id);
    await units.sql(operatorId, close).then(
      () => parts.meter.closed.inc(),
      (error: unknown) => putOff(parts, operatorId, id, error),
    );
  }
}

/** Each is looked at once in a run: what it waits for now comes with a later one. */
async function chargeAll(parts: InvoiceParts, operatorId: string, onTheirWay: AtOnce): Promise<void> {
  const sending = { ...parts, onSent: (status: string) => parts.meter.carriedOut.inc({ status }) };
  const seen = new Set<string>();
  while (!parts.lanes.isStopping) {
    const due = (await dueIds(parts, operatorId, DUE_INVOICES)).filter((id) => !seen.has(id));
    if (due.length === 0) return;
    for (const id of due) seen.add(id);
    const claimed = await claimAll(parts, operatorId, due);
    parts.meter.claimed.inc(claimed.length);
    await carryOutAttempts(sending, operatorId, claimed, onTheirWay);
  }
}

async function claimAll(parts: InvoiceParts, operatorId: string, ids: readonly string[]): Promise<OrderFile[]> {
  const attempts: OrderFile[] = [];
  const waiting = ids.values();
  const track = async () => {
    for (const id of waiting) {
      const attempt = await attendInvoice(parts.carriers, operatorId, id).catch((error: unknown) =>
        putOff(parts, operatorId, id, error),
      );
      if (attempt) attempts.push(attempt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(ATTENDED_AT_ONCE, ids.length) }, track));
  return attempts;
}

async function putOff({ carriers, meter, onFailure }: InvoiceParts, operatorId: string, id: string, error: unknown) {
  onFailure(error);
  meter.putOff.inc();
  await carriers.units.sql(operatorId, (transaction) =>
    transaction.query(PUT_OFF_INVOICE, [operatorId, id, later(transaction.now, FAILED_MS)]),
  );
  return null;
}

async function dueIds({ carriers }: InvoiceParts, operatorId: string, due: Statement): Promise<string[]> {
  const rows = await carriers.units.sql(operatorId, (transaction) =>
    transaction.query<{ id: string }>(due, [operatorId, transaction.now]),
  );
  return rows.map(({ id }) => id);
}

async function whileAny({ lanes }: InvoiceParts, work: () => Promise<number>): Promise<void> {
  while (!lanes.isStopping) if ((await work()) === 0) return;
}
