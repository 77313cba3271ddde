import { expect, it } from '@jest/globals';
import { failover } from '../../../prove/proofs/failover.js';
import { proven } from '../../support/proven.js';

it(failover.promise, async () => {
  const { figures } = await proven(failover);
  const done = figures.filter(({ target }) => target.startsWith('≥'));
  expect(done.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
