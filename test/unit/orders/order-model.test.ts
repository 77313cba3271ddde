import fc from 'fast-check';
import { OPERATION_TRANSITIONS } from '../../../src/features/orders/domain/operation-state.js';
import { type OrderFile, transactionsOf } from '../../../src/features/orders/order-rows.js';
import { DEEDS, FATES, Shop, type Step } from './shop.js';

const step: fc.Arbitrary<Step> = fc.record({
  deed: fc.constantFrom(...DEEDS),
  fate: fc.constantFrom('answered', ...FATES),
  share: fc.integer({ min: 1, max: 100 }),
  yes: fc.boolean(),
  pick: fc.nat({ max: 20 }),
});
const PAY: Step = { deed: 'pay', fate: 'answered', share: 1, yes: true, pick: 1 };
const shop = fc.record({ captureMode: fc.constantFrom('MANUAL', 'MANUAL', 'AUTOMATIC'), multicapture: fc.boolean() });
const story = fc
  .tuple(fc.boolean(), fc.array(step, { maxLength: 14, size: 'max' }))
  .map(([payFirst, steps]) => (payFirst ? [PAY, ...steps] : steps));

function amountsAddUp({ order }: OrderFile): void {
  const { authorized, captured, voided, refunded } = order;
  expect([authorized, captured, voided, refunded].filter((amount) => amount < 0n)).toEqual([]);
  expect(captured + voided).toBeLessThanOrEqual(authorized);
  expect(refunded).toBeLessThanOrEqual(captured);
}

function nothingSettledMoved(before: OrderFile, after: OrderFile): void {
  for (const old of before.transactions) {
    const now = after.transactions.find(({ id }) => id === old.id);
    if (!now) throw new Error('a transaction is gone');
    const ways = Object.keys(OPERATION_TRANSITIONS[old.status]);
    if (now.status === old.status || ways.length > 1) continue;
    expect(`${old.type} ${old.status} ${now.status}`).toBe('REFUND SUCCEEDED FAILED');
  }
}

function operationsFollow(file: OrderFile): void {
  const succeeded = file.operations.filter(({ type, status }) => type === 'PAYMENT' && status === 'SUCCEEDED');
  expect(succeeded.length).toBeLessThanOrEqual(1);
  expect(
    file.operations.filter(({ status }) => status === 'PENDING' || status === 'UNKNOWN').length,
  ).toBeLessThanOrEqual(1);
  for (const operation of file.operations) {
    const statuses = transactionsOf(file, operation).map(({ status }) => status);
    const open = (['UNKNOWN', 'PENDING', 'REQUIRES_ACTION', 'PROCESSING'] as const).find((each) =>
      statuses.includes(each),
    );
    const some = statuses.includes('SUCCEEDED');
    const all = statuses.every((status) => status === 'SUCCEEDED');
    expect(operation.status).toBe(open ?? (all ? 'SUCCEEDED' : some ? 'PARTIALLY_SUCCEEDED' : statuses[0]));
    expect(operation.finishedAt === null).toBe(open !== undefined);
  }
}

/** What is written beside the operations is what the operations say. */
function historyExplains({ order, transactions }: OrderFile): void {
  const sum = (...types: readonly string[]) =>
    transactions.reduce((total, { type, status, amount }) => {
      const counts = status === 'SUCCEEDED' || (type === 'REFUND' && status === 'PROCESSING');
      return types.includes(type) && counts ? total + amount : total;
    }, 0n);
  expect(order.refunded).toBe(sum('REFUND'));
}

function eventsChain(told: Shop): void {
  const changes = told.order.events.filter(({ type }) => type === 'order.status_changed').map(({ payload }) => payload);
  let status: unknown = 'CREATED';
  for (const change of changes) {
    expect(change.previousStatus).toBe(status);
    expect(change.status).not.toBe(status);
    status = change.status;
  }
  expect(told.order.order.status).toBe(status);
}

async function agreesOnMoney(told: Shop): Promise<void> {
  if (told.busy) return;
  const kept = told.order.file;
  const events = told.order.events.length;
  await told.look();
  expect({ ...told.order.amounts, status: told.order.order.status }).toEqual({ ...told.owed, status: told.due });
  const once = structuredClone(told.order.file);
  await told.look();
  expect(told.order.file).toEqual(once);
  amountsAddUp(told.order.file);
  told.order.file = kept;
  told.order.events.length = events;
}

it('whatever becomes of the calls, order and payment system agree on the money', async () => {
  await fc.assert(
    fc.asyncProperty(shop, story, async ({ captureMode, multicapture }, steps) => {
      const told = new Shop(captureMode, multicapture);
      for (const each of steps) {
        const before = structuredClone(told.order.file);
        await told.take(each);
        amountsAddUp(told.order.file);
        nothingSettledMoved(before, told.order.file);
        operationsFollow(told.order.file);
        historyExplains(told.order.file);
        eventsChain(told);
        await agreesOnMoney(told);
      }
    }),
    { numRuns: 60 },
  );
});
