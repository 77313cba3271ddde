import { eventually } from '../../../test/support/eventually.js';
import { answers, type Receiver } from '../../../test/support/receiver.js';
import { markOf, type Tenant } from './fill.js';
import { Goods } from './goods.js';
import type { World } from './world.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Where a merchant is told what happened: the second one of each tenant does not answer `ok`. */
export function misbehave(receiver: Receiver, letters: readonly string[]): void {
  for (const letter of letters) receiver.behave(answers(500, ''), `/${letter}/2/${markOf(letter, 2, 'any')}`);
}

/** Days pass: what is due is charged and fails, money becomes available and is paid out, the books are looked through. */
export async function passDays(world: World, tenants: readonly Tenant[], receiver: Receiver): Promise<void> {
  const { product } = world;
  const { control } = product.sandbox;
  await forAll(world, tenants, async (goods) => void (await goods.declining('declining')));
  await product.settle();
  for (const { stripe } of tenants) {
    control.bookMovement(stripe.accountId, { type: 'stripe_fee', amount: -100, currency: 'usd', description: 'a fee' });
  }
  await bill(world, 1.1);
  for (let days = 0; days < 3; days += 1) await bill(world, 1.1);
  for (const { stripe } of tenants) control.payOut(stripe.accountId);
  await bill(world, 1.1);
  for (const { stripe } of tenants) {
    const [payout] = control.payOut(stripe.accountId);
    if (!payout) continue;
    await product.settle();
    control.movePayout(payout.id, 'paid');
    await product.settle();
    control.failPayout(payout.id, 'account_closed');
  }
  await product.settle();
  for (const tenant of tenants) await settleOutside(world, tenant);
  await product.built.jobs.wake('ledger.keep-balances');
  await product.built.jobs.wake('ledger.check');
  await tell(world, tenants, receiver);
}

async function bill(world: World, days: number): Promise<void> {
  const { product } = world;
  product.advance(Math.round(days * DAY));
  for (const job of ['agreements.bill', 'invoices.refresh-drafts', 'invoices.attend', 'payers.attend-credentials']) {
    await product.built.jobs.wake(job);
  }
  await product.settle();
  await product.built.jobs.wake('invoices.attend');
}

async function settleOutside(world: World, { letter, keys, merchants }: Tenant): Promise<void> {
  for (const { id, number } of merchants) {
    await world.do(keys.operator, 'recordSettlement', {
      merchantId: id,
      amount: { amount: '5.00', currency: 'USD' },
      fees: '0.10',
      inAdvance: true,
      reference: markOf(letter, number),
    });
  }
}

/** Notifications that arrive, that do not, and that nobody tries any more. */
export async function tell(world: World, tenants: readonly Tenant[], receiver: Receiver): Promise<void> {
  const { product } = world;
  for (const { letter, keys, merchants } of tenants) {
    receiver.behave(answers(500, ''), `/${letter}/never`);
    for (const { id } of merchants) {
      const url = receiver.url(`/${letter}/never`);
      await world.do(keys.operator, 'sendTestNotification', { merchantId: id, url });
    }
    await world.do(keys.operator, 'sendTestNotification', { merchantId: merchants[0].id });
  }
  await eventually(async () => {
    await product.built.jobs.wake('notifications.fan-out');
    await product.built.jobs.wake('notifications.deliver');
    const heard = tenants.filter(({ letter }) =>
      receiver.received.some(({ path }) => path.startsWith(`/${letter}/2/`)),
    );
    if (heard.length < tenants.length) throw new Error('not every endpoint was tried yet');
  });
}

/** For every merchant of every tenant, at once. */
export function forAll(
  world: World,
  tenants: readonly Tenant[],
  work: (goods: Goods) => Promise<void>,
): Promise<unknown> {
  const all = tenants.flatMap((tenant) => tenant.merchants.map((merchant) => new Goods(world, tenant, merchant)));
  return Promise.all(all.map(work));
}
