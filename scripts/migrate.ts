import 'reflect-metadata';
import { ConfigError, readConfig } from '../src/config.js';
import { MasterKeys } from '../src/platform/secrets/master-keys.js';
import { databaseUrls, migrateAll } from '../src/start/databases.js';

/** Brings the database at DATABASE_URL up to date, for deployments that do it before they start anything. */
try {
  const { database, masterKey, agendaMongodbUrl } = readConfig();
  if (database.kind === 'embedded' || !database.ownerUrl || masterKey === null) {
    throw new ConfigError(['DATABASE_URL is not set: it names the database to migrate, with the owner as its user.']);
  }
  const masterKeys = MasterKeys.parse(masterKey);
  const urls = databaseUrls(database, null, masterKeys);
  await migrateAll(urls, { agendaInPostgres: agendaMongodbUrl === null, masterKeys });
  process.stdout.write('The database is up to date.\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
