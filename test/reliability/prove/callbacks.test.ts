import { it } from '@jest/globals';
import { callbacks } from '../../../prove/proofs/callbacks.js';
import { proven } from '../../support/proven.js';

it(callbacks.promise, () => proven(callbacks).then(() => undefined), 120_000);
