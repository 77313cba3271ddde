import { notificationsOf, notify, untilQuiet } from '../../support/notifications.js';
import { aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { OK, Receiver } from '../../support/receiver.js';
import { RECEIVER_CASES as CASES } from '../../support/receiver-cases.js';

let product: Product;
let shop: Shop;
let receivers: readonly Receiver[];

/** All cases at once, each at a server of its own; then an hour later, when all of them behave. */
beforeAll(async () => {
  product = await startProduct({ callbackDeadlineMs: 1_000 });
  shop = await aShop(product);
  receivers = await Promise.all(CASES.map(({ behaviour }) => Receiver.open(behaviour)));
  for (const receiver of receivers) await shop.sale({ callbackUrl: receiver.url('/hook') });
  await untilQuiet(product, shop);
}, 60_000);

afterAll(async () => {
  await Promise.all(receivers.map((each) => each.close()));
  await product.close();
});

async function toldAt(index: number) {
  const all = await notificationsOf(shop);
  return all.filter(({ endpoint }) => endpoint.origin === receivers[index]?.origin);
}

describe('a receiver that answers', () => {
  it.each(CASES.map((each, index) => [each.what, index, each] as const))('%s', async (_, index, each) => {
    const [first, second] = await toldAt(index);
    const isDelivered = each.outcome === 'DELIVERED';
    expect(first?.attempts.map(({ outcome, httpStatus }) => [outcome, httpStatus])).toEqual([
      [each.outcome, each.status],
    ]);
    expect([first?.status, second?.status]).toEqual(isDelivered ? ['DELIVERED', 'DELIVERED'] : ['PENDING', 'PENDING']);
    // What comes after it in its order waits for it, and was sent to nobody.
    expect(second?.attempts).toHaveLength(isDelivered ? 1 : 0);
    expect(receivers[index]?.at('/ok')).toEqual([]);
  });

  it('ok in the end has it all, each once more and no more', async () => {
    for (const receiver of receivers) receiver.behave(OK);
    product.clock.advance(3_600);
    await untilQuiet(product, shop);
    expect(new Set((await notificationsOf(shop)).map(({ status }) => status))).toEqual(new Set(['DELIVERED']));
    const counts = receivers.map(({ received }) => received.length);
    expect(counts).toEqual(CASES.map(({ outcome }) => (outcome === 'DELIVERED' ? 2 : 3)));
    product.clock.advance(3_600);
    await notify(product);
    await untilQuiet(product, shop);
    expect(receivers.map(({ received }) => received.length)).toEqual(counts);
  });
});
