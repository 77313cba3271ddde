import { later } from '../../kernel/clock.js';
import { AtOnce, carryOutAttempts } from '../agreements/index.js';
import type { OrderFile } from '../orders/index.js';
import { DUE_INVOICES, OPERATORS_WITH_DUE_INVOICES } from './attend-invoices-sql.js';
import { attendInvoice } from './charge-invoice.js';
import { dueIds, endMonths, type InvoiceParts, putOff } from './end-months.js';

/** So many charges of one operator are on their way at once. */
const AT_ONCE = 24;

/** Each takes a connection to the database, of which others want some too. */
const ATTENDED_AT_ONCE = 4;

/** A lane that charges for hours looks so often at what is to be closed or has fallen due meanwhile. */
const MONTHS_EVERY_MS = 60 * 1000;

type DueOperator = { readonly operatorId: string; readonly isSuspended: boolean };

/**
 * Does what is due of invoices by itself: closes months, charges what is owed or
 * leaves it to its payer by a link, and says what is past due. Each operator has
 * a lane of its own, so that one with a hundred thousand holds up nobody with
 * ten. Of one that is suspended nothing is charged: what it is owed stays due,
 * and so it is not among those that are worth another look.
 */
export async function attendInvoices(parts: InvoiceParts): Promise<number> {
  const { carriers, system, lanes } = parts;
  const due = await system.query<DueOperator>(OPERATORS_WITH_DUE_INVOICES, [carriers.units.clock.now()]);
  const work = (operators: readonly DueOperator[]) =>
    lanes.work(
      operators.map((operator) => ({ ...operator, id: operator.operatorId })),
      (operator) => attendOperator(parts, operator),
    );
  const [begun] = await Promise.all([
    work(due.filter(({ isSuspended }) => !isSuspended)),
    work(due.filter(({ isSuspended }) => isSuspended)),
  ]);
  return begun;
}

async function attendOperator(parts: InvoiceParts, { operatorId, isSuspended }: DueOperator): Promise<void> {
  await endMonths(parts, operatorId);
  if (isSuspended) return;
  const onTheirWay = new AtOnce(AT_ONCE);
  try {
    await chargeAll(parts, operatorId, onTheirWay);
  } finally {
    await onTheirWay.ended();
  }
}

/** Each is looked at once in a run: what it waits for now comes with a later one. */
async function chargeAll(parts: InvoiceParts, operatorId: string, onTheirWay: AtOnce): Promise<void> {
  const sending = { ...parts, onSent: (status: string) => parts.meter.carriedOut.inc({ status }) };
  const { clock } = parts.carriers.units;
  const seen = new Set<string>();
  let monthsEnd = later(clock.now(), MONTHS_EVERY_MS);
  while (!parts.lanes.isStopping) {
    if (clock.now() >= monthsEnd) {
      await endMonths(parts, operatorId);
      monthsEnd = later(clock.now(), MONTHS_EVERY_MS);
    }
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
        putOff(parts, operatorId, { id, was: ['OPEN', 'PAST_DUE'] }, error),
      );
      if (attempt) attempts.push(attempt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(ATTENDED_AT_ONCE, ids.length) }, track));
  return attempts;
}
