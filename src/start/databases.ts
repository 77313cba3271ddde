import { randomBytes } from 'node:crypto';
import { MIGRATIONS } from '../../migrations/index.js';
import type { DatabaseConfig } from '../config.js';
import { ENTITIES } from '../entities.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/database/embedded-postgres.js';
import { migrate, type RolePasswords, urlFor } from '../platform/database/migrate.js';
import { APP_ROLE, SYSTEM_ROLE } from '../platform/database/roles.js';
import { prepareAgendaTables } from '../platform/jobs/agenda-store.js';
import { deriveKey } from '../platform/secrets/derived.js';
import type { MasterKeys } from '../platform/secrets/master-keys.js';
import type { DataFolder } from './data-folder.js';
import { assertMasterKeyFits } from './master-key-fits.js';
import { orRefuse } from './refusal.js';

const PASSWORD_BYTES = 24;

/** The same database by its three doors. */
export interface DatabaseUrls {
  /** Null where this process neither migrates nor needs to. */
  readonly owner: string | null;
  readonly app: string;
  readonly system: string;
}

/** The server that comes along, for a machine that has nothing but Node. */
export async function startDatabase(
  folder: DataFolder,
  port: number,
  onLog: (line: string) => void,
): Promise<EmbeddedPostgres> {
  const password = await folder.secret('postgres-password', () => randomBytes(PASSWORD_BYTES).toString('hex'));
  return orRefuse('', () => startEmbeddedPostgres({ dataDir: folder.path('postgres'), port, password, onLog }));
}

/**
 * Passwords follow from the master key, so that every process knows them and
 * nobody has to keep them. From the oldest one: putting a new key in front does
 * not lock out the processes that do not know it yet.
 */
export function databaseUrls(
  config: DatabaseConfig,
  embedded: EmbeddedPostgres | null,
  keys: MasterKeys,
): DatabaseUrls {
  const given = config.kind === 'external' ? config : null;
  const owner = embedded ? `${embedded.url}postgres` : (given?.ownerUrl ?? null);
  const roleUrl = (role: string) => {
    const password = deriveKey(keys.oldest.key, `database role ${role}`, PASSWORD_BYTES).toString('base64url');
    return owner ? urlFor(owner, role, password) : '';
  };
  return { owner, app: given?.appUrl ?? roleUrl(APP_ROLE), system: given?.systemUrl ?? roleUrl(SYSTEM_ROLE) };
}

export interface MigrateOptions {
  /** Agenda's tables stay out when its clock is elsewhere. */
  readonly agendaInPostgres: boolean;
  /** That must open what is there; null where they cannot any more, and what is there is given up. */
  readonly masterKeys: MasterKeys | null;
}

/** Brings everything in the database up to date, and sets the passwords that are in the URLs. */
export async function migrateAll(urls: DatabaseUrls, { agendaInPostgres, masterKeys }: MigrateOptions): Promise<void> {
  const { owner, app, system } = urls;
  if (!owner) return;
  const passwords: RolePasswords = { app: passwordIn(app), system: passwordIn(system) };
  await orRefuse('The database at DATABASE_URL could not be brought up to date: ', async () => {
    if (masterKeys) await assertMasterKeyFits({ owner, app }, masterKeys);
    await migrate(owner, { entities: ENTITIES, migrations: MIGRATIONS }, passwords);
    if (agendaInPostgres) await prepareAgendaTables(owner);
  });
}

/** Whoever connects with a URL of their own has chosen the password there. */
function passwordIn(url: string): string {
  return decodeURIComponent(new URL(url).password);
}
