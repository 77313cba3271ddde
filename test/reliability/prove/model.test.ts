import { it } from '@jest/globals';
import { model } from '../../../prove/proofs/model.js';
import { proven } from '../../support/proven.js';

it(model.promise, async () => {
  await proven(model);
}, 600_000);
