import 'reflect-metadata';
import { type FileHandle, open } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { allOperators } from '../src/app/all-operators.js';
import { ConfigError, readConfig } from '../src/config.js';
import { ENTITIES } from '../src/entities.js';
import { forgetKeysOfAll, sealedKeysOfAll } from '../src/features/payment-systems/index.js';
import { isDataKeyLost, replaceLostDataKey, type SealedText } from '../src/features/tenancy/index.js';
import { systemClock } from '../src/kernel/clock.js';
import { openOrm } from '../src/platform/database/orm.js';
import { pipelinedPool } from '../src/platform/database/pools.js';
import { run } from '../src/platform/database/sql.js';
import { UnitsOfWork } from '../src/platform/database/unit-of-work.js';
import { MasterKeys } from '../src/platform/secrets/master-keys.js';
import { type DatabaseUrls, databaseUrls, migrateAll } from '../src/start/databases.js';

const CONFIRMATION = 'confirm-that-secrets-are-lost';
const PARTIAL = 'although-some-can-be-opened';

interface Wanted {
  /** A new file, for what can be read again should the master key turn up. */
  readonly keepOld: string;
  readonly someOnly: boolean;
}

function wantedOf(): Wanted {
  const { values } = parseArgs({
    options: {
      [CONFIRMATION]: { type: 'boolean', default: false },
      [PARTIAL]: { type: 'boolean', default: false },
      'keep-old': { type: 'string', default: '' },
    },
  });
  const faults: string[] = [];
  if (!values[CONFIRMATION]) {
    faults.push(
      `--${CONFIRMATION} is not given: operators whose data key cannot be opened have to give their keys again.`,
    );
  }
  if (values['keep-old'] === '') {
    faults.push('--keep-old FILE is not given: what is replaced is written there, in case the master key is found.');
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return { keepOld: values['keep-old'], someOnly: values[PARTIAL] };
}

/** After the loss of a master key: new data keys, under the one that is set now. docs/runbook.md says what follows. */
async function main(): Promise<void> {
  const wanted = wantedOf();
  const { database, masterKey, agendaMongodbUrl } = readConfig();
  if (database.kind === 'embedded' || masterKey === null) {
    throw new ConfigError(['DATABASE_URL is not set: it names the database whose secrets are lost.']);
  }
  const masterKeys = MasterKeys.parse(masterKey);
  const urls = databaseUrls(database, null, masterKeys);
  // Passwords that follow from the master key are others than those that the roles have.
  if (!database.appUrl || !database.systemUrl) {
    await migrateAll(urls, { agendaInPostgres: agendaMongodbUrl === null, masterKeys: null });
  }
  await replace(urls, masterKeys, wanted);
}

async function replace(urls: DatabaseUrls, masterKeys: MasterKeys, wanted: Wanted): Promise<void> {
  const [app, system] = [pipelinedPool(urls.app, 1), pipelinedPool(urls.system, 1)];
  const orm = await openOrm({ url: urls.app, entities: ENTITIES, poolMax: 1 });
  const units = new UnitsOfWork(orm, app, systemClock);
  try {
    const operators = await allOperators({ query: (statement, values) => run(system, statement, values) });
    const lost: string[] = [];
    for (const id of operators) {
      if (await units.sql(id, (transaction) => isDataKeyLost(transaction, masterKeys))) lost.push(id);
    }
    if (lost.length > 0 && lost.length < operators.length && !wanted.someOnly) throw onlySome(lost, operators);
    const accounts = lost.length === 0 ? 0 : await replaceOf(lost, { units, masterKeys, keepOld: wanted.keepOld });
    process.stdout.write(`${lost.length} operators have a new data key; ${accounts} accounts need their keys again.\n`);
  } finally {
    await Promise.all([app.end(), system.end(), orm.close(true)]);
  }
}

interface ReplaceParts {
  readonly units: UnitsOfWork;
  readonly masterKeys: MasterKeys;
  readonly keepOld: string;
}

async function replaceOf(lost: readonly string[], { units, masterKeys, keepOld }: ReplaceParts): Promise<number> {
  const file = await newFile(keepOld);
  let accounts = 0;
  try {
    for (const id of lost) {
      await units.sql(id, async (transaction) => {
        const old = await replaceLostDataKey(transaction, masterKeys);
        if (!old) return;
        await keep(file, id, [...old, ...(await sealedKeysOfAll(transaction))]);
        accounts += await forgetKeysOfAll(transaction);
      });
    }
  } finally {
    await file.close();
  }
  return accounts;
}

/** On the disk before the transaction that replaces them is committed. */
async function keep(file: FileHandle, operator: string, old: readonly SealedText[]): Promise<void> {
  const lines = old.map(({ table, row, ...rest }) => `${JSON.stringify({ table, operator, row, ...rest })}\n`);
  await file.appendFile(lines.join(''));
  await file.sync();
}

async function newFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'ax', 0o600);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`--keep-old names no new file that can be written: ${why}`]);
  }
}

function onlySome(lost: readonly string[], operators: readonly string[]): ConfigError {
  return new ConfigError([
    `The data keys of ${lost.length} of ${operators.length} operators cannot be opened, and the others can: is a key ` +
      `missing in QUITTANCE_MASTER_KEY? Nothing was done; --${PARTIAL} replaces those ${lost.length}.`,
  ]);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
