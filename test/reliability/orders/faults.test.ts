import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAULT_KINDS, type FaultKind } from '../../../src/stripe-sandbox/http/faults.js';
import {
  aShop,
  type OrderResult,
  type OrderView,
  type Product,
  pay,
  type Shop,
  startProduct,
} from '../../support/product.js';
import { booksAgree, booksOf } from './books.js';

/** A call that moves money or may lead to it: what is done before it, the call under fault, and what must come of it. */
interface MoneyCall {
  readonly path: string;
  readonly before: (shop: Shop) => Promise<string | null>;
  readonly act: (shop: Shop, orderId: string) => Promise<OrderResult>;
  readonly ends: Partial<Record<'status' | 'captured' | 'refunded' | 'capturable', string>>;
  /** Whether the money of the order itself is what is not known. */
  readonly paysNow: boolean;
  /** What it is of by then, one after the other. */
  readonly operations?: readonly string[];
  readonly refunds?: number;
  /** A look at the payment, which follows at once, may tell the outcome. */
  readonly isLookedAt?: boolean;
}

const NUMBER = 'order';
const hold = async (shop: Shop) => (await shop.hold({ orderNumber: NUMBER })).id;
const sale = async (shop: Shop) => (await shop.sale({ orderNumber: NUMBER })).order.id;
const nothing = async () => null;

const CALLS: Readonly<Record<string, MoneyCall>> = {
  'customer create': {
    path: '/v1/customers$',
    before: nothing,
    act: (shop) =>
      shop.sale({ orderNumber: NUMBER, saveCredential: true, payer: { reference: 'p', email: 'p@example.com' } }),
    ends: { status: 'CAPTURED', captured: '100.00' },
    paysNow: true,
  },
  prepare: {
    path: '/v1/payment_intents$',
    before: nothing,
    act: (shop) => shop.sale({ orderNumber: NUMBER }),
    ends: { status: 'CAPTURED', captured: '100.00' },
    paysNow: true,
  },
  confirm: {
    path: '/confirm$',
    before: nothing,
    act: (shop) => shop.sale({ orderNumber: NUMBER, captureMode: 'MANUAL' }),
    ends: { status: 'AUTHORIZED', capturable: '100.00' },
    paysNow: true,
  },
  capture: {
    path: '/capture$',
    before: hold,
    act: (shop, id) => shop.capture(id, { amount: '60.00' }),
    ends: { status: 'PARTIALLY_CAPTURED', captured: '60.00', capturable: '0.00' },
    paysNow: false,
  },
  void: {
    path: '/cancel$',
    before: hold,
    act: (shop, id) => shop.cancel(id),
    ends: { status: 'CANCELED', capturable: '0.00' },
    paysNow: false,
  },
  'void, then refund': {
    path: '/cancel$',
    before: async (shop) => {
      const id = await hold(shop);
      await shop.capture(id, { amount: '60.00', finalCapture: false });
      return id;
    },
    act: (shop, id) => shop.cancel(id, { amount: '70.00' }),
    ends: { status: 'PARTIALLY_REFUNDED', refunded: '30.00', capturable: '0.00' },
    paysNow: false,
    refunds: 1,
  },
  'close of a decline': {
    path: '/cancel$',
    before: nothing,
    act: (shop) => shop.sale({ orderNumber: NUMBER, payment: pay('pm_card_visa_chargeDeclined') }),
    ends: { status: 'DECLINED', captured: '0.00' },
    paysNow: true,
    operations: ['DECLINED'],
    isLookedAt: true,
  },
  refund: {
    refunds: 1,
    path: '/v1/refunds$',
    before: sale,
    act: (shop, id) => shop.cancel(id, { amount: '30.00' }),
    ends: { status: 'PARTIALLY_REFUNDED', refunded: '30.00' },
    paysNow: false,
  },
  raise: {
    path: '/increment_authorization$',
    before: hold,
    act: (shop, id) => shop.increase(id, '120.00'),
    ends: { status: 'AUTHORIZED', capturable: '120.00' },
    paysNow: false,
  },
};

/** The SDK repeats once after a reset, the gateway twice after a 429: so many are needed to leave the outcome open. */
const STRIKES: Partial<Record<FaultKind, number>> = { reset_before: 2, reset_after: 2, rate_limited: 3 };

const SLOWER_THAN_WE_WAIT_MS = 2_500;

interface Trial {
  readonly shop: Shop;
  readonly answer: OrderResult;
  readonly meanwhile: OrderView;
  /** What else was asked while the outcome was open; null where it is not open for certain. */
  readonly another: OrderResult | null;
  readonly secondNumber: OrderResult | null;
  after?: OrderView;
  differences?: readonly string[];
  payments?: number;
  customers?: number;
  refunds?: number;
}

const CASES = Object.keys(CALLS).flatMap((call) => FAULT_KINDS.map((kind) => ({ call, kind })));

describe.each([
  { webhooks: 'lost', faults: { lose: 1 } },
  { webhooks: 'twice and late', faults: { duplicate: 1, delayMs: 400, shuffle: true } },
])('with webhooks $webhooks', ({ faults }) => {
  let product: Product;
  const trials = new Map<string, Trial>();

  beforeAll(async () => {
    // What is slow must still be in time when seventy calls share a busy machine.
    product = await startProduct({ stripeTimeoutMs: 5_000 });
    product.sandbox.control.setWebhookFaults(faults);
    await Promise.all(
      CASES.map(async ({ call, kind }) =>
        trials.set(
          `${call} ${kind}`,
          await underFault(product, call, kind, 'lose' in faults && isLeftOpen(call, kind)),
        ),
      ),
    );
    product.sandbox.control.clearFaults();
    await product.settle();
    product.advance(60);
    await product.settle();
    for (const trial of trials.values()) await look(product, trial);
  }, 60_000);

  afterAll(() => product.close());

  it.each(CASES)('$call under $kind', ({ call, kind }) => {
    const trial = trials.get(`${call} ${kind}`);
    const { ends, paysNow } = CALLS[call] as MoneyCall;
    if (!trial?.after) throw new Error('the trial was not run');

    expect(trial.answer.code).toBeUndefined();
    if (kind === 'slow')
      expect(trial.meanwhile.operations.at(-1)?.status).toBe(CALLS[call]?.operations?.[0] ?? 'SUCCEEDED');
    else if ('lose' in faults && trial.another) {
      expect(trial.meanwhile.operations.at(-1)?.status).toBe('UNKNOWN');
      expect(trial.another).toMatchObject({ code: 'OUTCOME_PENDING' });
      if (paysNow) expect(trial.meanwhile.status).toBe('PROCESSING');
    }
    if (trial.secondNumber) expect(trial.secondNumber).toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });

    const { status, capturedAmount, refundedAmount, capturableAmount } = trial.after;
    const { operations } = trial.after;
    expect({
      status,
      captured: capturedAmount.amount,
      refunded: refundedAmount.amount,
      capturable: capturableAmount.amount,
    }).toMatchObject(ends);
    expect(operations.map((each) => each.status)).toEqual(CALLS[call]?.operations ?? operations.map(() => 'SUCCEEDED'));
    expect(trial.differences).toEqual([]);
    expect(trial.payments).toBe(1);
    // Under a saved error the key can never tell what it made, so the payment makes a second, harmless customer.
    const customers = kind === 'error_500_after' ? 2 : 1;
    expect(trial.customers).toBe(call === 'customer create' ? customers : 0);
    expect(trial.refunds).toBe(CALLS[call]?.refunds ?? 0);
  });
});

/** Whether the outcome cannot be known yet when the call is answered. */
function isLeftOpen(call: string, kind: FaultKind): boolean {
  return kind !== 'slow' && !(CALLS[call]?.isLookedAt && kind.endsWith('_after'));
}

async function underFault(
  product: Product,
  name: string,
  kind: FaultKind,
  isOpen: boolean,
  slowMs = 300,
): Promise<Trial> {
  const call = CALLS[name] as MoneyCall;
  const shop = await aShop(product);
  const id = await call.before(shop);
  product.sandbox.control.addFault({
    kind,
    method: 'POST',
    path: call.path,
    accountId: shop.stripe.accountId,
    count: STRIKES[kind] ?? 1,
    ...(kind === 'slow' && { delayMs: slowMs }),
  });
  const answer = await call.act(shop, id ?? '');
  const orderId = id ?? answer.order.id;
  const meanwhile = await shop.order(orderId);
  const [another, secondNumber] = isOpen
    ? await Promise.all([
        call.paysNow ? shop.payOrder(orderId) : shop.cancel(orderId, { amount: '1.00' }),
        shop.createOrder({ orderNumber: NUMBER, payment: pay('pm_card_visa') }),
      ])
    : [null, null];
  return { shop, answer, meanwhile, another, secondNumber };
}

async function look(product: Product, trial: Trial): Promise<void> {
  const { shop } = trial;
  const asked = booksOf(product, shop);
  const [after, differences, books] = await Promise.all([
    shop.order(trial.meanwhile.id),
    booksAgree(product, shop, asked),
    asked,
  ]);
  const { payments, customers, refunds } = books;
  Object.assign(trial, {
    after,
    differences,
    payments: payments.length,
    customers: customers.length,
    refunds: refunds.length,
  });
}

describe('with answers that take longer than we wait', () => {
  let product: Product;
  const trials = new Map<string, Trial>();

  beforeAll(async () => {
    product = await startProduct();
    product.sandbox.control.setWebhookFaults({ lose: 1 });
    const names = Object.keys(CALLS);
    await Promise.all(
      names.map(async (call) =>
        trials.set(call, await underFault(product, call, 'slow', false, SLOWER_THAN_WE_WAIT_MS)),
      ),
    );
    const allAsked = performance.now();
    // The reconciler comes while Stripe is still at it.
    product.advance(6);
    await product.settle();
    // Until Stripe is done with all of them, which it may be by now.
    await pause(Math.max(0, SLOWER_THAN_WE_WAIT_MS - (performance.now() - allAsked)));
    product.advance(60);
    await product.settle();
    for (const trial of trials.values()) await look(product, trial);
  }, 60_000);

  afterAll(() => product.close());

  it.each(Object.keys(CALLS))('%s', (call) => {
    const trial = trials.get(call);
    if (!trial?.after) throw new Error('the trial was not run');
    const { status, capturedAmount, refundedAmount, capturableAmount } = trial.after;
    const amounts = { captured: capturedAmount, refunded: refundedAmount, capturable: capturableAmount };
    const shown = Object.fromEntries(Object.entries(amounts).map(([name, { amount }]) => [name, amount]));
    expect({ status, ...shown }).toMatchObject(CALLS[call]?.ends ?? {});
    expect(trial?.differences).toEqual([]);
    expect([trial?.payments, trial?.refunds]).toEqual([1, CALLS[call]?.refunds ?? 0]);
  });
});
