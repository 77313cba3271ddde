import { expect, it } from '@jest/globals';
import { crash } from '../../../prove/proofs/crash.js';
import { proven } from '../../support/proven.js';

it(crash.promise, async () => {
  const { figures } = await proven(crash);
  expect(figures.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
