import { aShop, type Product, type Shop, startProduct } from '../../test/support/product.js';
import { atLeast, atMost, type Figure, type Found, none, type Order, type Proof, told } from '../proof.js';
import { Cluster } from '../world/cluster.js';
import { misjudged, secondsToSettle } from '../world/judged-orders.js';
import { inThisProcess, type LoadGenerator, startGenerator } from '../world/load-generator.js';
import type { LoadResult, Outcome, Sent } from '../world/open-load.js';

const SIZES = {
  small: { shops: 2, perSecond: 20, warmUp: 0, steady: 1.5, crowd: 0, single: 2.5, after: 1 },
  full: { shops: 4, perSecond: 150, warmUp: 8, steady: 120, crowd: 8, single: 7, after: 8 },
};

/** Of one key; a shop stays below it at the steady rate, and all shops together at the overload. */
const RATE = { small: { perSecond: 10, burst: 20 }, full: { perSecond: 200, burst: 400 } };
const OVERLOAD = 4;
/** Seconds after the overload from which on everybody is served at once again. */
const RECOVERED_WITHIN = 5;
const AT_ONCE_MS = 1_000;
const SETTLED_WITHIN_MS = 60_000;
/** After so long an operation is looked at whose process has said nothing of it. */
const CLAIM_SECONDS = 120;

interface Stage {
  readonly product: Product;
  readonly urls: readonly string[];
  readonly generator: LoadGenerator;
  /** Does what a worker would do by itself, where there is none. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}

export const load: Proof = {
  name: 'load',
  promise: 'what is accepted is carried out at a steady rate, and what is too much is refused and forgotten',
  minutes: 4,
  async run(order) {
    const stage = order.size === 'full' ? await apart(order) : await inOneProcess();
    try {
      return await tried(stage, order);
    } finally {
      await stage.close();
    }
  },
};

/** As it is run: processes of their own, and so is who sends. */
async function apart({ seed }: Order): Promise<Stage> {
  const settings = { QUITTANCE_RATE_PER_SECOND: `${RATE.full.perSecond}` };
  const cluster = await Cluster.open({ members: ['api', 'worker'], seed, settings });
  const generator = await startGenerator();
  return {
    product: cluster.witness,
    urls: [cluster.member(0).url],
    generator,
    catchUp: async () => {},
    close: async () => {
      generator.close();
      await cluster.close();
    },
  };
}

async function inOneProcess(): Promise<Stage> {
  const product = await startProduct({ rate: RATE.small });
  const catchUp = () => {
    product.clock.advance(CLAIM_SECONDS);
    return product.settle();
  };
  return { product, urls: [product.url], generator: inThisProcess, catchUp, close: () => product.close() };
}

async function tried(stage: Stage, { size, say }: Order): Promise<Found> {
  const { shops: count, perSecond, ...seconds } = SIZES[size];
  const shops = await Promise.all(Array.from({ length: count }, () => aShop(stage.product)));
  const sent: { result: LoadResult; keys: readonly Shop[] }[] = [];
  const send = async (name: string, rate: number, duration: number, by = shops) => {
    say(`${name}: ${rate}/s for ${duration} s`);
    const keys = by.map(({ key }) => key);
    const orders = { urls: stage.urls, keys, perSecond: rate, seconds: duration, name, patienceMs: 0 };
    const result = await stage.generator.generate(orders);
    sent.push({ result, keys: by });
    return result;
  };

  await send('warm-up', perSecond, seconds.warmUp);
  const steady = await send('steady', perSecond, seconds.steady);
  const crowd = await send('crowd', OVERLOAD * perSecond, seconds.crowd);
  const single = await send('single', OVERLOAD * perSecond, seconds.single, shops.slice(0, 1));
  const after = await send('after', perSecond, seconds.after);
  await stage.catchUp();
  const settledIn = await secondsToSettle(stage.product, shops, SETTLED_WITHIN_MS);
  say('comparing books');
  const failures = sent.flatMap(({ result }) => result.failures);
  const refused = [...of(steady, 'RATE_LIMITED'), ...of(steady, 'OVERLOADED')].map(
    ({ number, outcome }) => `${number} was refused at the steady rate: ${outcome}`,
  );
  const wrong = await Promise.all(shops.map((shop) => misjudged(stage.product, shop, toldTo(shop, sent))));
  // What is refused was accepted by nobody: it makes this run short of its figures, and breaks no promise.
  const violations = [...failures, ...wrong.flat()];
  const recoveredIn = secondsToRecover(after);
  if (settledIn === null) violations.push(`not settled ${SETTLED_WITHIN_MS / 1000} s after the last order`);
  return {
    figures: [
      atLeast('accepted a second, steady', rateOf(steady, seconds.steady), perSecond),
      atLeast('orders accepted at the steady rate', of(steady, 'accepted').length, perSecond * seconds.steady),
      none('errors', failures),
      none('refused at the steady rate', refused),
      told('steady: p50, p99', latencies(steady)),
      told('share of a core of who sends', steady.ownCpuShare.toFixed(2)),
      ...(seconds.crowd > 0 ? [shedBy('many keys', crowd), told('  p50, p99 of those let in', latencies(crowd))] : []),
      shedBy('one key', single),
      atLeast('refused of one key', of(single, 'RATE_LIMITED').length, 1),
      size === 'full'
        ? atMost('recovered after', recoveredIn, RECOVERED_WITHIN, ' s')
        : told('recovered after', recoveredIn),
      atMost('all settled after', Math.ceil(settledIn ?? SETTLED_WITHIN_MS / 1000), SETTLED_WITHIN_MS / 1000, ' s'),
      told(
        'orders in all, as many as payments',
        sent.reduce((sum, { result }) => sum + of(result, 'accepted').length, 0),
      ),
      none('lost, doubled, invented, unpaid, other at the payment system', wrong.flat()),
    ],
    violations,
  };
}

function of({ sent }: LoadResult, outcome: Outcome): readonly Sent[] {
  return sent.filter((each) => each.outcome === outcome);
}

function rateOf(result: LoadResult, seconds: number): number {
  return Math.floor(of(result, 'accepted').length / seconds);
}

function latencies(result: LoadResult): string {
  const sorted = of(result, 'accepted')
    .map(({ tookMs }) => tookMs)
    .sort((a, b) => a - b);
  const at = (share: number) => `${Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)} ms`;
  return `${at(0.5)}, ${at(0.99)}`;
}

function shedBy(who: string, result: LoadResult): Figure {
  const counts = (['accepted', 'RATE_LIMITED', 'OVERLOADED'] as const).map(
    (each) => `${of(result, each).length} ${each}`,
  );
  return told(`${OVERLOAD} × by ${who}`, counts.join(', '));
}

/** From the end of the overload to the last that was not served at once. */
function secondsToRecover({ sent }: LoadResult): number {
  const isWell = ({ outcome, tookMs }: Sent) => outcome === 'accepted' && tookMs <= AT_ONCE_MS;
  const last = sent.findLast((each) => !isWell(each));
  if (!last) return 0;
  return Math.ceil((last.atMs + last.tookMs) / 100) / 10;
}

function toldTo(shop: Shop, runs: readonly { result: LoadResult; keys: readonly Shop[] }[]) {
  const own = runs.flatMap(({ result, keys }) => result.sent.filter(({ key }) => keys[key] === shop));
  const numbers = (outcome: Outcome) =>
    new Set(own.filter((each) => each.outcome === outcome).map(({ number }) => number));
  return { accepted: numbers('accepted'), unanswered: numbers('failed') };
}
