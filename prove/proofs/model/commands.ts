import fc from 'fast-check';
import { cancelOrder } from '../../../src/features/orders/cancel-order.js';
import { captureOrder } from '../../../src/features/orders/capture-order.js';
import { increaseAuthorization } from '../../../src/features/orders/increase-authorization.js';
import { payOrder } from '../../../src/features/orders/pay-order.js';
import { Money } from '../../../src/kernel/money.js';
import { type Compared, compare, type ShopModel, sameOrder, step } from './compared.js';
import { decimal, decimalOrNull, EUR, PAYMENT } from './inputs.js';
import type { OrderModel } from './order-model.js';
import { type Call, dispute, type Fate } from './payment-system.js';
import type { Shop } from './shop.js';

/** Two numbers, so that one is now and then asked for while it is taken. */
const number = fc.constantFrom('A', 'B');
/** A part of what there is, exactly all of it, or more. */
const share = fc.constantFrom(null, 25, 50, 100, 100, 125);
const lost = ['LOST_BEFORE', 'LOST_AFTER'] as const;
const fate = fc.constantFrom<Fate>('DONE', 'DONE', 'DONE', 'DONE', ...lost);
const fateOfBank = fc.constantFrom<Fate>('DONE', 'DONE', 'DONE', 'DONE', 'DONE', 'DECLINED', ...lost);

const terms = {
  number,
  amount: fc.integer({ min: 50, max: 100_000 }).map((each) => BigInt(each) * 4n),
  isHold: fc.boolean(),
};

export const createCommand = fc
  .record({ ...terms, isPaid: fc.constantFrom(true, true, true, false), fate: fateOfBank, lostAt: lostAt() })
  .map((args) => step('create', args, always, (model, shop) => create(model, shop, args)));

type CreateArgs = Parameters<ShopModel['create']>[0] & { isPaid: boolean; fate: Fate; lostAt: Call };

export async function create(model: ShopModel, shop: Shop, args: CreateArgs): Promise<void> {
  const wanted = model.create(args, args.isPaid ? outcomeOf(args) : null);
  const { answered, result } = await shop.having(callOfPayment(args), args.fate, () => shop.create(args, args.isPaid));
  compare('create', wanted, answered);
  sameOrder(model, args.number, result);
}

/** What there is of an order, times a share. */
function partOf(whole: bigint, percent: number | null): bigint | null {
  return percent === null ? null : (whole * BigInt(percent)) / 100n || 1n;
}

const orderCommands: readonly fc.Arbitrary<Compared>[] = [
  fc.record({ number, fate: fateOfBank, lostAt: lostAt() }).map((args) =>
    onOrder('pay', args, async (model, shop, order) => {
      const wanted = order.pay(outcomeOf(args), model.now);
      const orderId = shop.orders.get(args.number) ?? '';
      const input = { orderId, payment: PAYMENT, agreement: null };
      const { answered, result } = await shop.having(callOfPayment(args), args.fate, () =>
        shop.mutate('payOrder', input, (request) => payOrder(shop.carriers, shop.caller, input, request)),
      );
      compare('pay', wanted, answered);
      sameOrder(model, args.number, result);
    }),
  ),
  fc.record({ number, share, final: fc.boolean(), fate }).map((args) =>
    onOrder('capture', args, async (model, shop, order) => {
      const amount = partOf(order.held || order.captured || order.terms.amount, args.share);
      const wanted = order.capture(amount, args.final, args.fate, model.now);
      const orderId = shop.orders.get(args.number) ?? '';
      const input = { orderId, amount: decimalOrNull(amount), final: args.final };
      const { answered, result } = await shop.having('capture', args.fate, () =>
        shop.mutate('captureOrder', input, (request) => captureOrder(shop.carriers, shop.caller, input, request)),
      );
      compare('capture', wanted, answered);
      sameOrder(model, args.number, result?.file);
    }),
  ),
  fc.record({ number, more: fc.constantFrom(-100n, 0n, 100n, 4_000n), fate: fateOfBank }).map((args) =>
    onOrder('increase', args, async (model, shop, order) => {
      const total = order.authorized + args.more > 0n ? order.authorized + args.more : 1n;
      const wanted = order.increase(total, args.fate, model.now);
      const input = { orderId: shop.orders.get(args.number) ?? '', total: decimal(total) };
      const { answered, result } = await shop.having('raise', args.fate, () =>
        shop.mutate('increase', input, (request) => increaseAuthorization(shop.carriers, shop.caller, input, request)),
      );
      compare('increase', wanted, answered);
      sameOrder(model, args.number, result?.file);
    }),
  ),
  ...[1, 2].map(() =>
    fc.record({ number, share, of: fc.constantFrom('VOID', 'REFUND'), fate, isSlow: fc.boolean() }).map((args) =>
      onOrder('cancel', args, async (model, shop, order) => {
        const amount = partOf(order.held + order.refundable || order.terms.amount, args.share);
        const its = args.isSlow && args.of === 'REFUND' && args.fate === 'DONE' ? 'PENDING' : args.fate;
        const wanted = order.cancel(amount, args.of, its, model.now);
        const orderId = shop.orders.get(args.number) ?? '';
        const input = { orderId, amount: decimalOrNull(amount), reason: 'PAYER' as const };
        const call = args.of === 'VOID' ? 'void' : 'refund';
        const { answered, result } = await shop.having(call, its, () =>
          shop.mutate('cancelOrder', input, (request) => cancelOrder(shop.carriers, shop.caller, input, request)),
        );
        compare('cancel', wanted, answered);
        sameOrder(model, args.number, result?.file);
      }),
    ),
  ),
  fc.record({ number, comesBack: fc.boolean() }).map((args) => onOrder('refund settles', args, settleRefund)),
  fc.record({ number, state: fc.constantFrom('OPEN', 'OPEN', 'WON', 'LOST') }).map((args) =>
    onOrder('dispute', args, async (model, shop, order) => {
      const payment = paymentOf(shop, args.number);
      const known = payment && shop.paymentSystem.disputes.get(`dp_${payment.externalId}`);
      // A bank begins one when there is something to dispute, and decides it once.
      if (!payment || order.isUnknown || (known ? known.state !== 'OPEN' : order.refundable === 0n)) return;
      const snapshot = dispute(payment.externalId, known?.amount ?? Money.of(order.refundable, EUR), args.state);
      shop.paymentSystem.disputes.set(snapshot.externalId, snapshot);
      order.disputed = args.state === 'WON' ? 0n : snapshot.amount.minor;
      await shop.hear('dispute', snapshot.externalId, payment.externalId);
      sameOrder(model, args.number, await shop.file(args.number));
    }),
  ),
  fc.record({ number }).map((args) => onOrder('news', args, hearOfPayment)),
  fc
    .record({ number })
    .map((args) =>
      onOrder('read', args, async (model, shop) => sameOrder(model, args.number, await shop.file(args.number))),
    ),
];

/** The payment system tells of the payment, late or once more. What is in flight is settled first. */
async function hearOfPayment(model: ShopModel, shop: Shop, order: OrderModel, { number }: { number: string }) {
  const payment = paymentOf(shop, number);
  // Of a payment that nobody has tried yet it tells nothing.
  if (!payment || payment.state === 'PREPARED') return;
  const isOfPayment = order.operations.at(-1)?.type === 'PAYMENT';
  const isHeard = !order.isUnknown || isOfPayment;
  if (isHeard) order.resolve(model.now);
  compare('news', isHeard, await shop.hear('payment', payment.externalId, payment.externalId));
  sameOrder(model, number, await shop.file(number));
}

async function settleRefund(
  model: ShopModel,
  shop: Shop,
  order: OrderModel,
  { number, comesBack }: { number: string; comesBack: boolean },
) {
  if (order.isUnknown || !order.settleRefund(comesBack)) return;
  const payment = paymentOf(shop, number);
  const refund = shop.paymentSystem.refunds.findLast(
    (each) =>
      each.paymentExternalId === payment?.externalId &&
      (each.state === 'PENDING' || (comesBack && each.state === 'SUCCEEDED')),
  );
  if (!refund) throw new Error(`the payment system has no refund of ${number} under way, and the model has one`);
  refund.state = comesBack ? 'FAILED' : 'SUCCEEDED';
  await shop.hear('refund', refund.externalId, refund.paymentExternalId);
  sameOrder(model, number, await shop.file(number));
}

function paymentOf(shop: Shop, number: string) {
  const orderId = shop.orders.get(number);
  return [...shop.paymentSystem.payments.values()].find(({ request }) => request.reference.orderId === orderId);
}

/** An answer may be lost when the payment is made, or when the bank is asked. */
function lostAt(): fc.Arbitrary<Call> {
  return fc.constantFrom<Call>('confirm', 'confirm', 'prepare');
}

function callOfPayment({ fate, lostAt: at }: { readonly fate: Fate; readonly lostAt: Call }): Call {
  return fate === 'DECLINED' ? 'confirm' : at;
}

/** One that was made, and whose bank was not asked, is not done yet. */
function outcomeOf({ fate, lostAt: at }: { readonly fate: Fate; readonly lostAt: Call }): Fate {
  return fate === 'LOST_AFTER' && at === 'prepare' ? 'LOST_BEFORE' : fate;
}

function onOrder<Args extends { readonly number: string }>(
  name: string,
  args: Args,
  act: (model: ShopModel, shop: Shop, order: OrderModel, args: Args) => Promise<void>,
): Compared {
  return step(
    name,
    args,
    (model) => model.orders.has(args.number),
    (model, shop) => act(model, shop, model.orders.get(args.number) as OrderModel, args),
  );
}

function always(): boolean {
  return true;
}

export const ORDER_COMMANDS = [createCommand, ...orderCommands];
