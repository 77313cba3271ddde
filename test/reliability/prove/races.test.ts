import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type Arena, openArena } from '../../../prove/proofs/races/arena.js';
import { KINDS } from '../../../prove/proofs/races/kinds.js';
import { race } from '../../../prove/proofs/races/race.js';
import { chance, SEED } from '../orders/disorder.js';

/*
 * The proof `races` at its small size, each kind a test of its own: one can be
 * run alone, and what is broken on purpose has a test that says so by its name.
 */

jest.setTimeout(60_000);

const TRIALS = 3;
const random = chance(SEED);

let arena: Arena;
beforeAll(async () => {
  arena = await openArena(process.env.TEST_POSTGRES_URL ?? '');
});
afterAll(() => arena.close());

it.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', async (_name, kind) => {
  const { met, violations } = await race(kind, { processes: arena, trials: TRIALS, random, until: Infinity });
  expect(await violations()).toEqual([]);
  // Whoever is passed over by those who are quicker does not come to the line.
  expect(met).toBeGreaterThan(0.8);
});
