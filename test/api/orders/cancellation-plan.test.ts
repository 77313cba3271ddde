import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aShop, type OrderView, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
/** Shops whose payment systems offer more and less. */
let shops: Shop[];

beforeAll(async () => {
  product = await startProduct();
  shops = [await aShop(product), await aShop(product, { multicapture: false, incremental_authorization: false })];
});

afterAll(() => product.close());

/** Something done to an order before the cancellation is looked at; parts are hundredths of what there is. */
type Step =
  | { readonly do: 'capture'; readonly part: number; readonly final: boolean }
  | { readonly do: 'cancel'; readonly part: number }
  | { readonly do: 'increase' };

const part = fc.integer({ min: 1, max: 100 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('capture' as const), part, final: fc.boolean() }),
  fc.record({ do: fc.constant('cancel' as const), part }),
  fc.record({ do: fc.constant('increase' as const) }),
);
const scenario = fc.record({
  shop: fc.integer({ min: 0, max: 1 }),
  mode: fc.constantFrom('AUTOMATIC', 'MANUAL', 'UNPAID'),
  currency: fc.constantFrom('USD', 'JPY', 'KWD', 'ISK', 'MGA'),
  steps: fc.array(step, { maxLength: 3 }),
  /** Null: all of it. More than a hundred: more than there is. */
  cancelled: fc.option(fc.integer({ min: 1, max: 120 }), { nil: null }),
});

/** What chance might leave out. */
const ALWAYS = (['AUTOMATIC', 'MANUAL', 'UNPAID'] as const).map(
  (mode) =>
    [{ shop: 0, mode, currency: 'USD', steps: [], cancelled: null }] as [
      typeof scenario extends fc.Arbitrary<infer Scenario> ? Scenario : never,
    ],
);

/** Each has its fraction digits, and steps in which the payment system takes it. */
const UNITS: Record<string, { digits: number; step: number; amount: string }> = {
  USD: { digits: 2, step: 1, amount: '100.00' },
  JPY: { digits: 0, step: 1, amount: '10000' },
  KWD: { digits: 3, step: 10, amount: '100.000' },
  ISK: { digits: 0, step: 1, amount: '10000' },
  MGA: { digits: 2, step: 100, amount: '10000.00' },
};

const minor = (amount: string) => Number(amount.replace('.', ''));

function partOf(amount: number, hundredths: number, currency: string): string | undefined {
  const { digits, step: least } = UNITS[currency] ?? { digits: 2, step: 1 };
  const units = Math.max(least, Math.round((amount * hundredths) / 100 / least) * least);
  const text = String(units).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function left({ capturableAmount, refundableAmount }: OrderView): number {
  return minor(capturableAmount.amount) + minor(refundableAmount.amount);
}

async function ordered(shop: Shop, mode: string, currency: string): Promise<string> {
  const amount = { amount: UNITS[currency]?.amount, currency };
  if (mode === 'UNPAID') return (await shop.createOrder({ amount })).order.id;
  return (await shop.sale({ amount, captureMode: mode })).order.id;
}

async function apply(shop: Shop, id: string, currency: string, each: Step): Promise<void> {
  const order = await shop.order(id);
  if (each.do === 'increase') await shop.increase(id, partOf(minor(order.amount.amount), 150, currency) ?? '');
  else if (each.do === 'cancel') await shop.cancel(id, { amount: partOf(left(order), each.part, currency) });
  else {
    const amount = partOf(minor(order.capturableAmount.amount), each.part, currency);
    await shop.capture(id, { amount, finalCapture: each.final });
  }
}

/** The plan in words, or the code of the refusal. */
async function planned(shop: Shop, id: string, amount: string | undefined): Promise<string> {
  const { data, errors } = await shop.raw(
    'query ($id: ID!, $amount: Decimal) { order(id: $id) { cancellationPlan(amount: $amount) { steps { type amount { amount } effect } } } }',
    { id, amount },
  );
  if (errors) return String(errors[0]?.extensions.problem);
  const { order } = data as { order: { cancellationPlan: { steps: { type: string; amount: { amount: string } }[] } } };
  return order.cancellationPlan.steps.map((each) => `${each.type} ${each.amount.amount}`).join(', ');
}

describe('the cancellation plan', () => {
  it('is what cancelOrder then does, in whatever state the order is', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(scenario, async ({ shop: which, mode, currency, steps, cancelled }) => {
        const shop = shops[which] as Shop;
        const id = await ordered(shop, mode, currency);
        for (const each of steps) await apply(shop, id, currency, each);
        const before = await shop.order(id);
        const amount =
          cancelled === null ? undefined : partOf(left(before) || minor(before.amount.amount), cancelled, currency);

        const plan = await planned(shop, id, amount);
        expect(await shop.order(id)).toEqual(before);
        const { order, operation, code } = await shop.cancel(id, amount === undefined ? {} : { amount });

        const done = order?.operations
          .at(-1)
          ?.transactions.map((each) => `${each.type} ${each.amount.amount}`)
          .join(', ');
        // An order with nothing to cancel has an empty plan, and refuses.
        if (code === 'ILLEGAL_TRANSITION') expect(plan).toBe('');
        else expect(plan).toBe(code ?? done);
        seen.add(`${before.status}: ${code ?? plan.replace(/ [\d.]+/g, '')}`);
        if (!order) return;
        expect(operation.status).toBe('SUCCEEDED');
        const given = minor(operation.amount.amount);
        expect(left(order)).toBe(mode === 'UNPAID' ? 0 : left(before) - given);
        expect(given).toBe(amount === undefined ? left(before) || minor(before.amount.amount) : minor(amount));
        expect(minor(order.capturedAmount.amount)).toBe(minor(before.capturedAmount.amount));
      }),
      { numRuns: 40, endOnFailure: true, examples: [...ALWAYS] },
    );
    expect([...seen]).toEqual(expect.arrayContaining(['AUTHORIZED: VOID', 'CAPTURED: REFUND', 'CREATED: ']));
  });
});
