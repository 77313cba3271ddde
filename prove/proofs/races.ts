import { chance } from '../../test/reliability/orders/disorder.js';
import { createTestDatabase } from '../../test/support/database.js';
import { startProduct } from '../../test/support/product.js';
import { type Figure, type Order, type Proof, told } from '../proof.js';
import { AGREEMENT_RACES } from './races/agreements.js';
import { ANSWER_RACES } from './races/answers.js';
import { BULK_RACES } from './races/bulk.js';
import { INVOICE_RACES } from './races/invoices.js';
import { KEY_RACES } from './races/keys.js';
import { naive } from './races/naive.js';
import { ONCE_RACES } from './races/once.js';
import { ORDER_RACES } from './races/orders.js';
import { type Kind, RACERS, type Raced, race } from './races/race.js';
import { SETTLEMENT_RACES } from './races/settlements.js';

const KINDS: readonly Kind[] = [
  naive,
  ...ORDER_RACES,
  ...ONCE_RACES,
  ...ANSWER_RACES,
  ...AGREEMENT_RACES,
  ...INVOICE_RACES,
  ...KEY_RACES,
  ...SETTLEMENT_RACES,
  ...BULK_RACES,
];

const SIZES = {
  small: { trials: 3, seconds: 60 },
  full: { trials: 300, seconds: 195 },
};

/** Eight racers for each of eight things stand in the middle of their transactions at once, at two processes. */
const CONNECTIONS = 40;

export const races: Proof = {
  name: 'races',
  promise: 'of operations that meet at the line where it matters, each takes effect once and none undoes another',
  minutes: 4,
  async run(order) {
    const began = performance.now();
    const database = await createTestDatabase(order.postgresUrl);
    const one = await startProduct({ database, connections: CONNECTIONS });
    const { sandbox, masterKey } = one;
    const other = await startProduct({ database, sandbox, masterKey, connections: CONNECTIONS });
    // What is not about webhooks is not to depend on them.
    sandbox.control.setWebhookFaults({ lose: 1 });
    try {
      const all = await raceAll(order, { one, other });
      await one.settle();
      const judged: Judged[] = [];
      for (const raced of all) judged.push({ ...raced, violations: await raced.violations() });
      return {
        figures: [
          ...judged.map((each) => figureOf(each, order)),
          told('seconds', Math.round((performance.now() - began) / 1000)),
        ],
        violations: judged.flatMap(({ violations }) => violations),
      };
    } finally {
      await other.close();
      await one.close();
      await sandbox.close();
      await database.drop();
    }
  },
};

/** Each kind has its share of the time that is left; who needs less leaves more to those after it. */
async function raceAll(
  { size, seed, say }: Order,
  processes: Parameters<typeof race>[1]['processes'],
): Promise<Raced[]> {
  const { trials, seconds } = SIZES[size];
  const random = chance(seed);
  const end = performance.now() + seconds * 1000;
  const all: Raced[] = [];
  for (const [index, kind] of KINDS.entries()) {
    const now = performance.now();
    const until = now + ((end - now) / (KINDS.length - index)) * 2;
    const raced = await race(kind, { processes, trials: Math.min(trials, kind.trials ?? trials), random, until });
    say(`${kind.name}: ${raced.trials} in ${Math.round(performance.now() - now)} ms`);
    all.push(raced);
  }
  return all;
}

type Judged = Omit<Raced, 'violations'> & { readonly violations: readonly string[] };

/** A kind whose time was up before its trials were says so, and how many it came to. */
function figureOf({ kind, trials, met, violations }: Judged, { size }: Order): Figure {
  const { trials: all } = SIZES[size];
  const wanted = Math.min(all, kind.trials ?? all);
  return {
    what: kind.name,
    figure: `${trials} × ${RACERS}, ${Math.round(met * 100)} % at the line, ${violations.length} wrong`,
    target: `${wanted} × ${RACERS}, 0 wrong`,
    met: violations.length > 0 ? false : trials < wanted ? null : true,
  };
}
