import { expect, it } from '@jest/globals';
import { virtualTime } from '../../../prove/proofs/virtual-time.js';
import { proven } from '../../support/proven.js';

it(virtualTime.promise, async () => {
  const { figures } = await proven(virtualTime);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
