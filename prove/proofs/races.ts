import { chance } from '../../test/reliability/orders/disorder.js';
import { type Figure, type Order, type Proof, told } from '../proof.js';
import { openArena } from './races/arena.js';
import type { Processes } from './races/ground.js';
import { KINDS } from './races/kinds.js';
import { type Kind, RACERS, type Raced, race } from './races/race.js';

const SIZES = {
  small: { trials: 3, seconds: 60 },
  full: { trials: 300, seconds: 150 },
};

export const races: Proof = {
  name: 'races',
  promise: 'of operations that meet at the line where it matters, each takes effect once and none undoes another',
  minutes: 6,
  async run(order) {
    const began = performance.now();
    const arena = await openArena(order.postgresUrl);
    try {
      const all = await raceAll(order, arena);
      await arena.one.settle();
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
      await arena.close();
    }
  },
};

/** Each kind has its share of the time that is left; who needs less leaves more to those after it. */
async function raceAll({ size, seed, say }: Order, processes: Processes): Promise<Raced[]> {
  const random = chance(seed);
  const end = performance.now() + SIZES[size].seconds * 1000;
  const all: Raced[] = [];
  for (const [index, kind] of KINDS.entries()) {
    const now = performance.now();
    const trials = wantedOf(kind, size);
    const left = KINDS.slice(index).reduce((sum, each) => sum + wantedOf(each, size), 0);
    const until = now + ((end - now) * trials) / left;
    const raced = await race(kind, { processes, trials, random, until });
    say(`${kind.name}: ${raced.trials} in ${Math.round(performance.now() - now)} ms`);
    all.push(raced);
  }
  return all;
}

function wantedOf({ trials }: Kind, size: Order['size']): number {
  const { trials: most } = SIZES[size];
  return Math.min(most, trials ?? most);
}

type Judged = Omit<Raced, 'violations'> & { readonly violations: readonly string[] };

/** A kind whose time was up before its trials were says so, and how many it came to. */
function figureOf({ kind, trials, met, violations }: Judged, { size }: Order): Figure {
  const wanted = wantedOf(kind, size);
  return {
    what: kind.name,
    figure: `${trials} × ${RACERS}, ${Math.round(met * 100)} % at the line, ${violations.length} wrong`,
    target: `${wanted} × ${RACERS}, 0 wrong`,
    met: violations.length > 0 ? false : trials < wanted ? null : true,
  };
}
