import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { publicId } from '../../../src/kernel/ids.js';
import { changed, subscribe } from '../../support/agreements.js';
import {
  aBilledPayer,
  anInvoicingShop,
  type DraftWanted,
  type InvoiceView,
  invoiceOf,
  writeDrafts,
} from '../../support/invoicing.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import { type Json, type Product, type Refusal, Shop, startProduct } from '../../support/product.js';
import { chance, SEED, shuffled } from '../orders/disorder.js';
import { carriersWith, gatewayOf } from '../orders/dying.js';
import { attendWith, invoicesDisagree } from './runs.js';

jest.setTimeout(120_000);

/** `QUITTANCE_TRIALS=300 npm test …` tries as often. */
const TRIALS = Number(process.env.QUITTANCE_TRIALS ?? 3);
const random = chance(SEED);

/** Two processes on one database: races between processes are no different, and must not be. */
let one: Product;
let other: Product;

/** One for each trial that runs at the same time as others. */
let shops: readonly Shop[];

beforeAll(async () => {
  one = await startProduct();
  const { database, sandbox, masterKey } = one;
  other = await startProduct({ database, sandbox, masterKey });
  shops = await Promise.all(Array.from({ length: TRIALS }, () => anInvoicingShop(one)));
});

afterAll(async () => {
  await other.close();
  await one.close();
});

interface Trial {
  readonly shop: Shop;
  readonly id: string;
  readonly agreementId: string;
  readonly reference: string;
}

type Racer = () => Promise<Partial<Refusal>>;

interface Race {
  readonly draft?: DraftWanted;
  /** What has to have happened before. */
  readonly before?: (trial: Trial) => Promise<unknown>;
  /** What is done at the moment at which both workers run. */
  readonly racers: (trial: Trial) => Promise<readonly Racer[]> | readonly Racer[];
}

async function raced({
  draft = {},
  before,
  racers,
}: Race): Promise<readonly { invoice: InvoiceView; answers: string[] }[]> {
  const trials = await Promise.all(shops.map((shop) => begin(shop, draft)));
  await Promise.all(trials.map((trial) => before?.(trial)));
  const asked = await Promise.all(trials.map(racers));
  const answers = await Promise.all(trials.map((trial, index) => race(trial, asked[index] ?? [])));
  for (let round = 0; round < 2; round += 1) {
    await one.settle();
    advance(91);
    await Promise.all(trials.flatMap(({ shop }) => [run(one, shop), run(other, shop)]));
  }
  await one.settle();
  return Promise.all(
    trials.map(async ({ shop, id }, index) => {
      expect(await invoicesDisagree(one, shop)).toEqual([]);
      return { invoice: await invoiceOf(shop, id), answers: answers[index] ?? [] };
    }),
  );
}

async function begin(shop: Shop, draft: DraftWanted): Promise<Trial> {
  const { payerId, agreement, reference } = await aBilledPayer(shop);
  const [uuid = ''] = await writeDrafts(one, shop, payerId, [draft]);
  return { shop, id: publicId('invoice', uuid), agreementId: agreement.id, reference };
}

/** From one barrier, in any order. */
async function race({ shop }: Trial, asked: readonly Racer[]): Promise<string[]> {
  const answers: string[] = [];
  const asking = asked.map((ask) => async () => void answers.push((await ask()).code ?? 'done'));
  const running = [one, other].map((product) => () => run(product, shop));
  await Promise.all(shuffled([...running, ...asking], random).map((racer) => racer()));
  return answers.toSorted();
}

async function run(product: Product, shop: Shop): Promise<void> {
  expect(await attendWith(product, shop, carriersWith(product.built.units, gatewayOf(one, shop)))).toEqual([]);
}

/** Both processes' clocks and the payment system's. */
function advance(seconds: number): void {
  one.advance(seconds);
  other.clock.advance(seconds);
}

/** A merchant's request, at one process or the other. */
function ask({ shop, id }: Trial, mutation: string, input: Json = {}, racer = 0): Racer {
  const { key, operator, stripe } = shop;
  const there = racer % 2 === 0 ? shop : new Shop(other.url, key, shop.id, operator, stripe);
  return () => there.do(mutation, { invoiceId: id, ...input }, 'invoice { id }');
}

/** Nobody had agreed to anything when it was closed, so that it has a link; by now its payer has. */
async function leftToPayer({ shop, agreementId, reference }: Trial): Promise<void> {
  await changed(shop, 'cancelAgreement', agreementId);
  await run(one, shop);
  await subscribe(shop, { payer: { reference } });
}

it('a payer who pays by the link while it is charged pays once, and keeps what is too much', async () => {
  const races = await raced({
    before: leftToPayer,
    racers: async (trial) => {
      const { shop, id } = trial;
      const page = new PayerAtPage(one, shop, (await invoiceOf(shop, id)).order?.id ?? '');
      const pageId = (await page.open()) ?? '';
      // The sandbox is paid within this process: without a start of the others, its payer would always be first.
      const startMs = random() * 800;
      const pays: Racer = async () => {
        await pause(startMs);
        try {
          page.pay(pageId);
        } catch {
          return { code: 'PAGE_CLOSED' };
        }
        await page.comeBack();
        return {};
      };
      return [pays, ask(trial, 'payInvoice', {}, 0), ask(trial, 'payInvoice', {}, 1)];
    },
  });
  for (const { invoice } of races) expect(invoice).toMatchObject({ status: 'PAID', paid: { amount: '10.00' } });
});
