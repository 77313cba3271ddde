import 'reflect-metadata';
import { ConfigError, readConfig } from '../src/config.js';
import { ENTITIES } from '../src/entities.js';
import { rewrapDataKeys } from '../src/features/tenancy/index.js';
import { systemClock } from '../src/kernel/clock.js';
import { openOrm } from '../src/platform/database/orm.js';
import { pipelinedPool } from '../src/platform/database/pools.js';
import { run } from '../src/platform/database/sql.js';
import { UnitsOfWork } from '../src/platform/database/unit-of-work.js';
import { MasterKeys } from '../src/platform/secrets/master-keys.js';
import { databaseUrls } from '../src/start/databases.js';

/** With QUITTANCE_MASTER_KEY="new,old": wraps every operator's data key with the new one, so that the old can go. */
async function rotate(): Promise<void> {
  const { database, masterKey } = readConfig();
  if (database.kind === 'embedded' || masterKey === null) {
    throw new ConfigError(['DATABASE_URL is not set: it names the database whose secrets are to be under a new key.']);
  }
  const masterKeys = MasterKeys.parse(masterKey);
  const urls = databaseUrls(database, null, masterKeys);
  const [app, system] = [pipelinedPool(urls.app, 1), pipelinedPool(urls.system, 1)];
  const orm = await openOrm({ url: urls.app, entities: ENTITIES, poolMax: 1 });
  try {
    const parts = {
      units: new UnitsOfWork(orm, app, systemClock),
      system: { query: (statement, parameters) => run(system, statement, parameters) },
      masterKeys,
    } satisfies Parameters<typeof rewrapDataKeys>[0];
    const { seen, changed } = await rewrapDataKeys(parts, (soFar) => {
      process.stdout.write(`${soFar.seen} operators seen, ${soFar.changed} data keys wrapped anew\n`);
    });
    const done = `All ${seen} data keys are under "${masterKeys.current.id}"; ${changed} were not before.\n`;
    process.stdout.write(done);
  } finally {
    await Promise.all([app.end(), system.end(), orm.close(true)]);
  }
}

try {
  await rotate();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
