import { expect, it } from '@jest/globals';
import { tenants } from '../../../prove/proofs/tenants.js';
import { proven } from '../../support/proven.js';

it(tenants.promise, async () => {
  const { figures } = await proven(tenants);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
