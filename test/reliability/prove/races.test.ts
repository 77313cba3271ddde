import { expect, it, jest } from '@jest/globals';
import { races } from '../../../prove/proofs/races.js';
import { proven } from '../../support/proven.js';

jest.setTimeout(120_000);

it('of operations that meet at the line where it matters, each takes effect once', async () => {
  const { figures } = await proven(races);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
});
