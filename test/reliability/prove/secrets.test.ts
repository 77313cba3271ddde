import { it } from '@jest/globals';
import { secrets } from '../../../prove/proofs/secrets.js';
import { proven } from '../../support/proven.js';

it(secrets.promise, () => proven(secrets).then(() => undefined), 120_000);
