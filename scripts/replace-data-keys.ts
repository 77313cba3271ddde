import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { allOperators } from '../src/app/all-operators.js';
import { ConfigError, readConfig } from '../src/config.js';
import { ENTITIES } from '../src/entities.js';
import { forgetKeysOfAll } from '../src/features/payment-systems/index.js';
import { replaceLostDataKey } from '../src/features/tenancy/index.js';
import { systemClock } from '../src/kernel/clock.js';
import { openOrm } from '../src/platform/database/orm.js';
import { pipelinedPool } from '../src/platform/database/pools.js';
import { run } from '../src/platform/database/sql.js';
import { UnitsOfWork } from '../src/platform/database/unit-of-work.js';
import { MasterKeys } from '../src/platform/secrets/master-keys.js';
import { databaseUrls } from '../src/start/databases.js';

const CONFIRMATION = 'confirm-that-secrets-are-lost';

/** After the loss of a master key: new data keys, under the one that is set now. docs/runbook.md says what follows. */
async function replace(): Promise<void> {
  const { values } = parseArgs({ options: { [CONFIRMATION]: { type: 'boolean', default: false } } });
  if (!values[CONFIRMATION]) {
    throw new ConfigError([
      `--${CONFIRMATION} is not given: operators whose data key cannot be opened have to give their keys again.`,
    ]);
  }
  const { database, masterKey } = readConfig();
  if (database.kind === 'embedded' || masterKey === null) {
    throw new ConfigError(['DATABASE_URL is not set: it names the database whose secrets are lost.']);
  }
  const masterKeys = MasterKeys.parse(masterKey);
  const urls = databaseUrls(database, null, masterKeys);
  const [app, system] = [pipelinedPool(urls.app, 1), pipelinedPool(urls.system, 1)];
  const orm = await openOrm({ url: urls.app, entities: ENTITIES, poolMax: 1 });
  const units = new UnitsOfWork(orm, app, systemClock);
  let [replaced, accounts] = [0, 0];
  try {
    for (const operatorId of await allOperators({ query: (statement, values) => run(system, statement, values) })) {
      await units.sql(operatorId, async (transaction) => {
        if (!(await replaceLostDataKey(transaction, masterKeys))) return;
        replaced += 1;
        accounts += await forgetKeysOfAll(transaction);
      });
    }
    process.stdout.write(`${replaced} operators have a new data key; ${accounts} accounts need their keys again.\n`);
  } finally {
    await Promise.all([app.end(), system.end(), orm.close(true)]);
  }
}

try {
  await replace();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
