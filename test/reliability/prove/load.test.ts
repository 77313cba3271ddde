import { expect, it } from '@jest/globals';
import { load } from '../../../prove/proofs/load.js';
import { proven } from '../../support/proven.js';

it(load.promise, async () => {
  const { figures } = await proven(load);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
