import { SABOTAGES, type Sabotage } from '../../test/reliability/sabotage/sabotages.js';
import { startDatabaseServer } from '../../test/support/database-server.js';
import { atLeast, none, type Order, type Proof, told } from '../proof.js';
import { Copy } from './sabotage/copy.js';
import { of, runTests } from './sabotage/run-tests.js';

const WANTED = 16;

/** Two at a time, each with a copy and a server of its own: every run makes its template of databases anew. */
const LANES = 2;

interface Lane {
  readonly copy: Copy;
  readonly postgresUrl: string;
}

/** At its small size it tries two: the rest of what is cheap is a test that every text is still there. */
export const sabotage: Proof = {
  name: 'sabotage',
  promise: 'whatever is broken of what promises rest upon, a test that exists turns red',
  minutes: 6,
  async run(order) {
    const wanted = order.size === 'full' ? SABOTAGES : SABOTAGES.slice(0, 2);
    const began = performance.now();
    const closers: (() => Promise<void>)[] = [];
    try {
      await Copy.removeLeftovers();
      const lanes = await Promise.all(Array.from({ length: LANES }, () => openLane(closers)));
      const red = await redUnbroken(lanes, wanted);
      const unnoticed = red.length > 0 ? [] : await tryAll(order, lanes, wanted);
      return {
        figures: [
          atLeast('sabotages', wanted.length, order.size === 'full' ? WANTED : wanted.length),
          none('tests that are red though nothing is broken', red),
          none('sabotages that nobody noticed', unnoticed),
          told('seconds', Math.round((performance.now() - began) / 1000)),
        ],
        violations: [...red, ...unnoticed],
      };
    } finally {
      for (const close of closers) await close();
    }
  },
};

async function openLane(closers: (() => Promise<void>)[]): Promise<Lane> {
  const server = await startDatabaseServer(undefined);
  closers.push(() => server.stop());
  const copy = await Copy.make();
  closers.push(() => copy.remove());
  return { copy, postgresUrl: server.url };
}

/** A test that is red anyhow, or that is not there, would notice anything. */
async function redUnbroken(lanes: readonly Lane[], wanted: readonly Sabotage[]): Promise<readonly string[]> {
  const files = [...new Set(wanted.map(({ noticedBy }) => noticedBy.file))];
  const ofLanes = await Promise.all(
    lanes.map(async ({ copy, postgresUrl }, lane) => {
      const own = wanted.filter(({ noticedBy }) => files.indexOf(noticedBy.file) % lanes.length === lane);
      if (own.length === 0) return [];
      const noticing = own.map(({ noticedBy }) => noticedBy);
      const outcomes = await runTests(copy.folder, postgresUrl, noticing);
      return own.flatMap(({ name, noticedBy }) => {
        const meant = of(noticedBy, outcomes);
        if (meant.length === 0) return [`${name}: ${noticedBy.file} has no test ${noticedBy.tests} that runs`];
        return meant
          .filter(({ passed }) => !passed)
          .map((each) => `red unbroken: ${each.file}, ${each.name}: ${each.why}`);
      });
    }),
  );
  return [...new Set(ofLanes.flat())];
}

async function tryAll({ say }: Order, lanes: readonly Lane[], wanted: readonly Sabotage[]): Promise<readonly string[]> {
  const unnoticed: string[] = [];
  const waiting = wanted.values();
  await Promise.all(
    lanes.map(async ({ copy, postgresUrl }) => {
      for (const each of waiting) {
        const { name, noticedBy } = each;
        const outcomes = await copy.broken(each, () => runTests(copy.folder, postgresUrl, [noticedBy]));
        const meant = of(noticedBy, outcomes);
        const red = meant.find(({ passed }) => !passed);
        const stays = meant.length > 0 ? 'stays green' : 'did not come to its end';
        say(`${name}: ${red ? `red, ${red.name}` : `NOT NOTICED, ${noticedBy.file} ${stays}`}`);
        if (!red) unnoticed.push(`${name}: ${noticedBy.file} ${stays}`);
      }
    }),
  );
  return unnoticed;
}
