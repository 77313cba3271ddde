import { it } from '@jest/globals';
import { load } from '../../../prove/proofs/load.js';
import { proven } from '../../support/proven.js';

// How much was done in the time is a matter of the machine: of the full size that is asked.
it(load.promise, () => proven(load).then(() => undefined), 600_000);
