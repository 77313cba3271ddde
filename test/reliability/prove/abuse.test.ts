import { expect, it } from '@jest/globals';
import { abuse } from '../../../prove/proofs/abuse.js';
import { proven } from '../../support/proven.js';

it(abuse.promise, async () => {
  const { figures } = await proven(abuse);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
