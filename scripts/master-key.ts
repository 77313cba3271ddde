import { generateMasterKey } from '../src/platform/secrets/master-keys.js';

/** A value for QUITTANCE_MASTER_KEY. */
process.stdout.write(`${generateMasterKey()}\n`);
