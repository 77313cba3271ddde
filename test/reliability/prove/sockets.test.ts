import { expect, it } from '@jest/globals';
import { sockets } from '../../../prove/proofs/sockets.js';
import { proven } from '../../support/proven.js';

it(sockets.promise, async () => {
  const { figures } = await proven(sockets);
  const done = figures.filter(({ target }) => target.startsWith('≥'));
  expect(done.filter(({ met }) => met === false)).toEqual([]);
}, 600_000);
