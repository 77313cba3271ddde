import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type AgreementView, aBillingShop, agreementOf, replaceCredential } from '../../support/agreements.js';
import { declined, monthly } from '../../support/charging.js';
import { type Product, type Refusal, Shop, startProduct } from '../../support/product.js';
import { chance, SEED, shuffled } from '../orders/disorder.js';
import { carriersWith, gatewayOf } from '../orders/dying.js';
import { billWith, type ChargeState, chargesDisagree, chargesOf, moneyDisagrees, untilMidnight } from './billing.js';

jest.setTimeout(120_000);

/** `QUITTANCE_TRIALS=300 npm test …` tries as often. */
const TRIALS = Number(process.env.QUITTANCE_TRIALS ?? 4);
const random = chance(SEED);

/** Two processes on one database: races between processes are no different, and must not be. */
let one: Product;
let other: Product;

beforeAll(async () => {
  one = await startProduct();
  const { database, sandbox, masterKey } = one;
  other = await startProduct({ database, sandbox, masterKey });
});

afterAll(async () => {
  await other.close();
  await one.close();
});

/** One of many that are raced for at the same time, each in a shop of its own. */
interface Trial {
  readonly shop: Shop;
  readonly id: string;
}

/** After a race, when all of it is settled. */
interface Outcome {
  /** The codes of the refused requests, `done` for the others. */
  readonly answers: readonly string[];
  readonly agreement: AgreementView;
  readonly charges: readonly ChargeState[];
}

interface Race {
  readonly begin: (shop: Shop) => Promise<{ agreement: { id: string } }>;
  /** What has to have happened since midnight. */
  readonly before?: (trials: readonly Trial[]) => Promise<void>;
  /** What is done when all has come to rest. */
  readonly after?: (trial: Trial) => Promise<unknown>;
  /** What else is done at the moment at which both workers bill. */
  readonly racers: (trial: Trial) => readonly Promised[];
}

type Promised = () => Promise<Partial<Refusal>>;

async function raced({ begin, before, racers, after }: Race): Promise<readonly Outcome[]> {
  const trials = await Promise.all(
    Array.from({ length: TRIALS }, async (): Promise<Trial> => {
      const shop = await aBillingShop(one, { timeZone: 'UTC' });
      return { shop, id: (await begin(shop)).agreement.id };
    }),
  );
  advance(untilMidnight(one));
  await before?.(trials);
  const answers = await Promise.all(trials.map((trial) => race(trial, racers(trial))));
  await settle(trials);
  if (after) {
    await Promise.all(trials.map(after));
    await settle(trials);
  }
  return Promise.all(trials.map((trial, index) => outcomeOf(trial, answers[index] ?? [])));
}

async function settle(trials: readonly Trial[]): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await one.settle();
    advance(61);
    await billAll(trials);
  }
}

/** From one barrier, in any order. */
async function race({ shop }: Trial, asked: readonly Promised[]): Promise<readonly string[]> {
  const answers: string[] = [];
  const asking = asked.map((ask) => async () => void answers.push((await ask()).code ?? 'done'));
  const billing = [one, other].map((product) => () => run(product, shop));
  await Promise.all(shuffled([...billing, ...asking], random).map((racer) => racer()));
  return answers.toSorted();
}

async function outcomeOf({ shop, id }: Trial, answers: readonly string[]): Promise<Outcome> {
  expect(await chargesDisagree(one, shop)).toEqual([]);
  expect(await moneyDisagrees(one, shop)).toEqual([]);
  return { answers, agreement: await agreementOf(shop, id), charges: await chargesOf(one, shop) };
}

async function run(product: Product, shop: Shop): Promise<void> {
  expect(await billWith(product, shop, carriersWith(product.built.units, gatewayOf(one, shop)))).toEqual([]);
}

async function billAll(trials: readonly Trial[]): Promise<void> {
  await Promise.all(trials.flatMap(({ shop }) => [run(one, shop), run(other, shop)]));
}

/** Both processes' clocks and the payment system's. */
function advance(seconds: number): void {
  one.advance(seconds);
  other.clock.advance(seconds);
}

const sum = (charges: readonly ChargeState[]) => charges.reduce((total, { captured }) => total + captured, 0);

it('a new means of payment that comes with the retry of a charge pays it once', async () => {
  for (const { answers, agreement, charges } of await raced({
    begin: (shop) => declined(one, shop, 'insufficient_funds', { times: 1 }),
    before: async (trials) => {
      await billAll(trials);
      advance(86_400);
    },
    racers: ({ shop, id }) => [() => replaceCredential(shop, id)],
  })) {
    expect(answers).toEqual(['done']);
    expect(charges).toMatchObject([{ number: 1, status: 'PAID', attempts: 2, captured: 2000 }]);
    expect(agreement).toMatchObject({ status: 'ACTIVE', paymentsMade: 1, credential: { brand: 'mastercard' } });
  }
});

it('an operator that is suspended while it is billed has each period charged once or passed over', async () => {
  const move = (mutation: string, { shop }: Trial) =>
    one.platform.do<Partial<Refusal>>(mutation, { operatorId: shop.operator.id }, 'operator { id }');
  for (const { answers, agreement, charges } of await raced({
    begin: (shop) => monthly(one, shop),
    racers: (trial) => [() => move('suspendOperator', trial)],
    after: (trial) => move('resumeOperator', trial),
  })) {
    expect(answers).toEqual(['done']);
    expect(agreement.status).toMatch(/^(ACTIVE|PAST_DUE)$/);
    expect(charges.length).toBeLessThanOrEqual(1);
    expect(sum(charges)).toBe(charges.filter(({ status }) => status === 'PAID').length * 2000);
  }
});
