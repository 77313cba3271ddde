import { it } from '@jest/globals';
import { bulk } from '../../../prove/proofs/bulk.js';
import { proven } from '../../support/proven.js';

// How much was done in the time is a matter of the machine: of the full size that is asked.
it(bulk.promise, () => proven(bulk).then(() => undefined), 600_000);
