import { eventually } from '../../support/eventually.js';
import { callAt, notify } from '../../support/notifications.js';
import { aMerchant, aShop, type Product, type Shop, startProduct } from '../../support/product.js';
import { HANGS, Receiver } from '../../support/receiver.js';

const HANGING = 24;
const SHARE = 16;

let product: Product;
let shop: Shop;
const hanging: Receiver[] = [];
let quick: Receiver;

beforeAll(async () => {
  // Whoever hangs here hangs longer than the test.
  product = await startProduct({ callbackDeadlineMs: 120_000 });
  shop = await aShop(product);
  quick = await Receiver.open();
  for (let count = 0; count < HANGING; count += 1) hanging.push(await Receiver.open(HANGS));
}, 60_000);

afterAll(async () => {
  await Promise.all([quick, ...hanging].map((each) => each.close()));
  await product.close();
});

it('a merchant with ever more servers that hang has its share of the lanes, and its neighbours are told', async () => {
  for (const each of hanging) await shop.sale({ callbackUrl: each.url() });
  const hung = () => hanging.filter(({ received }) => received.length > 0).length;
  await eventually(async () => {
    await notify(product);
    expect(hung()).toBe(SHARE);
  });
  const neighbour = await aMerchant(product, shop.operator, shop.stripe);
  const stranger = await aShop(product);
  for (const other of [neighbour, stranger]) {
    await callAt(other, quick.url());
    await other.sale();
  }
  await eventually(async () => {
    await notify(product);
    expect(quick.received).toHaveLength(4);
  });
  expect(hung()).toBe(SHARE);
}, 60_000);
