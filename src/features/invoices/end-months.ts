import { later } from '../../kernel/clock.js';
import type { Sql, Statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import type { Carriers } from '../orders/index.js';
import type { PaymentPace } from '../payment-systems/index.js';
import { DUE_DRAFTS, PUT_OFF_INVOICE } from './attend-invoices-sql.js';
import { lockedInvoice } from './change-invoice.js';
import { closeDueInvoices, closeInvoiceNow } from './close-invoices.js';
import type { InvoiceStatus } from './domain/words.js';
import { FIRST_PLACE, fallDue, fallingDue } from './fall-due.js';
import type { InvoiceMeter } from './invoice-meter.js';
import type { InvoiceRow } from './invoice-rows.js';

export interface InvoiceParts {
  readonly carriers: Carriers;
  readonly system: Sql;
  readonly lanes: OperatorLanes;
  readonly pace: PaymentPace;
  readonly meter: InvoiceMeter;
  readonly onFailure: (error: unknown) => void;
}

/** What has failed is looked at again after so long: a person has to, and is told each time. */
const FAILED_MS = 60 * 60 * 1000;

/**
 * Closes the drafts whose time has come, and says what is past due. Whatever goes wrong with it, what is owed is charged none the less.
 */
export async function endMonths(parts: InvoiceParts, operatorId: string): Promise<void> {
  await closeAll(parts, operatorId)
    .catch((error: unknown) => {
      parts.onFailure(error);
      return closeOneByOne(parts, operatorId);
    })
    .catch(parts.onFailure);
  await allFallDue(parts, operatorId).catch(parts.onFailure);
}

async function allFallDue(parts: InvoiceParts, operatorId: string): Promise<void> {
  const { units } = parts.carriers;
  let place = FIRST_PLACE;
  while (!parts.lanes.isStopping) {
    const candidates = await units.sql(operatorId, (transaction) => fallingDue(transaction, place));
    const fall = (some: typeof candidates) => units.sql(operatorId, (transaction) => fallDue(transaction, some));
    await fall(candidates).catch(async (error: unknown) => {
      parts.onFailure(error);
      for (const one of candidates)
        await fall([one]).catch((each: unknown) => putOff(parts, operatorId, { id: one.id, was: ['OPEN'] }, each));
    });
    const last = candidates.at(-1);
    if (!last) return;
    place = last;
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
    const close = (transaction: Transaction) => closeIfDraft(transaction, id);
    await units.sql(operatorId, close).then(
      (closed) => void (closed && parts.meter.closed.inc()),
      (error: unknown) => putOff(parts, operatorId, { id, was: ['DRAFT'] }, error),
    );
  }
}

/** Null where somebody else has closed it meanwhile, or thrown it away. */
export async function closeIfDraft(transaction: Transaction, invoiceId: string): Promise<InvoiceRow | null> {
  const { status } = await lockedInvoice(transaction, invoiceId);
  return status === 'DRAFT' ? closeInvoiceNow(transaction, invoiceId) : null;
}

/** Sees to it later, because of an error that a person is told of. */
export async function putOff(
  { carriers, meter, onFailure }: InvoiceParts,
  operatorId: string,
  { id, was }: { readonly id: string; readonly was: readonly InvoiceStatus[] },
  error: unknown,
): Promise<null> {
  onFailure(error);
  meter.putOff.inc();
  await carriers.units.sql(operatorId, (transaction) =>
    transaction.query(PUT_OFF_INVOICE, [operatorId, id, later(transaction.now, FAILED_MS), was]),
  );
  return null;
}

export async function dueIds({ carriers }: InvoiceParts, operatorId: string, due: Statement): Promise<string[]> {
  const rows = await carriers.units.sql(operatorId, (transaction) =>
    transaction.query<{ id: string }>(due, [operatorId, transaction.now]),
  );
  return rows.map(({ id }) => id);
}

async function whileAny({ lanes }: InvoiceParts, work: () => Promise<number>): Promise<void> {
  while (!lanes.isStopping) if ((await work()) === 0) return;
}
