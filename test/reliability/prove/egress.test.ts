import { it } from '@jest/globals';
import { egress } from '../../../prove/proofs/egress.js';
import { proven } from '../../support/proven.js';

it(egress.promise, () => proven(egress).then(() => undefined));
