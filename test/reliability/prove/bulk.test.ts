import { expect, it } from '@jest/globals';
import { bulk } from '../../../prove/proofs/bulk.js';
import { proven } from '../../support/proven.js';

it(bulk.promise, async () => {
  const { figures } = await proven(bulk);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
