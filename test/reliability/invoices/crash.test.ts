import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { closeDueInvoices } from '../../../src/features/invoices/close-invoices.js';
import { payInvoice } from '../../../src/features/invoices/pay-invoice.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { meansBehind } from '../../support/charging.js';
import { aBilledPayer, anInvoicingShop, writeDrafts } from '../../support/invoicing.js';
import { type Product, type Shop, startProduct } from '../../support/product.js';
import { booksOf, ordersOf } from '../orders/books.js';
import { callerOf, Died, dyingAt, type Point, requestOf } from '../orders/dying.js';
import { attendWith, invoicesDisagree, invoicesOf } from './runs.js';

jest.setTimeout(60_000);

type Act = (product: Product, shop: Shop, carriers: Carriers, invoiceId: string) => Promise<readonly unknown[]>;

const byRun: Act = (product, shop, carriers) => attendWith(product, shop, carriers);

const byRequest: Act = async (product, shop, carriers, invoiceId) => {
  const caller = callerOf(shop);
  await product.built.units.sql(caller.operatorId, closeDueInvoices);
  const asked = { invoiceId, paidOutside: null };
  return payInvoice(carriers, caller, asked, requestOf(caller.merchantId ?? '', 'payInvoice')).then(
    () => [],
    (error: unknown) => [error],
  );
};

interface Death {
  readonly doing: string;
  readonly at: Point | 'closed';
  readonly by: Act;
  /** Declined by the payer's bank, and tried again the next day. */
  readonly declined?: boolean;
}

const STEPS: readonly (readonly [what: string, at: Point])[] = [
  ['claimed, not sent', 'before preparePayment'],
  ['prepared, not remembered', 'after preparePayment'],
  ['remembered, not confirmed', 'before confirmPayment'],
  ['confirmed, not recorded', 'after confirmPayment'],
];

const DEATHS: readonly Death[] = [
  { doing: 'a month: closed, not charged', at: 'closed', by: byRun },
  ...STEPS.map(([what, at]): Death => ({ doing: `an invoice by itself: ${what}`, at, by: byRun })),
  ...STEPS.map(([what, at]): Death => ({ doing: `an invoice that was asked for: ${what}`, at, by: byRequest })),
  { doing: 'a declined invoice: not closed', at: 'before voidPayment', by: byRun, declined: true },
  { doing: 'a declined invoice: closed, not recorded', at: 'after voidPayment', by: byRun, declined: true },
];

describe('a process that dies while it charges invoices', () => {
  let product: Product;
  let second: Product;
  const aftermaths = new Map<string, { shop: Shop; death: readonly unknown[]; left: readonly string[] }>();

  /** Two processes find it at once. */
  const both = async () => {
    const run = ({ built }: Product) => built.jobs.wake('invoices.attend');
    await Promise.all([run(product), run(second)]);
    await Promise.all([product.settle(), second.settle()]);
  };
  const advance = (seconds: number) => {
    product.advance(seconds);
    second.clock.advance(seconds);
  };

  beforeAll(async () => {
    product = await startProduct();
    const { database, sandbox, masterKey } = product;
    second = await startProduct({ database, sandbox, masterKey });
    sandbox.control.setWebhookFaults({ lose: 1 });
    for (const death of DEATHS) aftermaths.set(death.doing, await die(product, death));
    // Its time is not up: whoever looks now must leave it alone.
    await both();
    advance(92);
    await both();
    advance(60);
    await both();
  }, 60_000);

  afterAll(async () => {
    await second.close();
    await product.close();
  });

  it.each(DEATHS)('$doing', async ({ doing, at, declined: isDeclined = false }) => {
    const { shop, death, left } = aftermaths.get(doing) ?? { shop: null as never, death: [], left: [] };
    if (at !== 'closed') expect(new Set(death.map((each) => each instanceof Died))).toEqual(new Set([true]));
    expect(left).toEqual(at === 'closed' ? [] : ['PROCESSING']);

    expect(await invoicesOf(product, shop)).toMatchObject([{ number: 1, status: isDeclined ? 'OPEN' : 'PAID' }]);
    expect(await invoicesDisagree(product, shop)).toEqual([]);
    const books = await booksOf(product, shop);
    expect(books.payments).toHaveLength(1);
    expect(books.charges.filter(({ paid }) => paid)).toHaveLength(isDeclined ? 0 : 1);
  });

  it('leaves what was declined to be tried again, once', async () => {
    advance(86_400);
    await both();
    for (const { doing } of DEATHS) {
      const { shop } = aftermaths.get(doing) ?? { shop: null as never };
      expect([doing, (await invoicesOf(product, shop)).map(({ status }) => status)]).toEqual([doing, ['PAID']]);
      expect(await invoicesDisagree(product, shop)).toEqual([]);
    }
  });
});

async function die(product: Product, { at, by, declined }: Death) {
  const shop = await anInvoicingShop(product);
  const payer = await aBilledPayer(shop);
  const means = await meansBehind(product, shop, payer.order);
  if (declined) product.sandbox.control.declineFrom(means, { code: 'insufficient_funds', times: 1 });
  const [id = ''] = await writeDrafts(product, shop, payer.payerId, [{}]);
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  const death =
    at === 'closed'
      ? [await product.built.units.sql(operatorId, closeDueInvoices)]
      : await by(product, shop, dyingAt(product, shop, at), id);
  const left = (await ordersOf(product, shop)).map(({ status }) => status).filter((each) => each !== 'VERIFIED');
  return { shop, death, left };
}
