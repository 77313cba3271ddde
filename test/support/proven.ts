import { expect } from '@jest/globals';
import type { Found, Proof } from '../../prove/proof.js';
import { SEED } from '../reliability/orders/disorder.js';

/** A proof at its small size, on the tests' own server; `QUITTANCE_SEED=… npm test` repeats a run. */
export async function proven(proof: Proof): Promise<Found> {
  const said: string[] = [`seed ${SEED}`];
  const postgresUrl = process.env.TEST_POSTGRES_URL ?? '';
  const found = await proof.run({ size: 'small', seed: SEED, postgresUrl, say: (text) => void said.push(text) });
  if (found.violations.length > 0) process.stdout.write(`${proof.name}: ${said.join('\n  ')}\n`);
  expect(found.violations).toEqual([]);
  return found;
}
