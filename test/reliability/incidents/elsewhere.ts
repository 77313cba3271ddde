import pg from 'pg';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { prepareAgendaTables } from '../../../src/platform/jobs/agenda-store.js';
import { JobRunner } from '../../../src/platform/jobs/job-runner.js';
import { createLog } from '../../../src/platform/logging/log.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';
import { type Findings, liveThrough, type VirtualRun } from '../agreements/virtual-time.js';

/** What a simulated time came to on a machine in some zone. */
export interface Elsewhere extends Findings {
  /** How far its zone is behind UTC, in minutes. */
  readonly offset: number;
  /** When the clock would wake what is for 3:17 each night, "03:17" in UTC. */
  readonly night: string;
}

/** @public Called by elsewhere.mjs. */
export async function liveElsewhere(run: VirtualRun): Promise<Elsewhere> {
  const found = await liveThrough(run);
  const offset = new Date('2027-12-01T00:00:00Z').getTimezoneOffset();
  return { ...found, offset, night: await nightAt(run.databaseUrl) };
}

async function nightAt(databaseUrl: string): Promise<string> {
  await prepareAgendaTables(databaseUrl);
  const runner = new JobRunner({
    jobs: [{ name: 'night', cron: '17 3 * * *', handler: async () => {} }],
    store: { kind: 'postgres', url: urlFor(databaseUrl, 'quittance_app', TEST_PASSWORDS.app) },
    log: createLog({ level: 'silent', destination: process.stderr }),
  });
  await runner.start();
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  const { rows } = await owner.query<{ at: Date }>('select next_run_at as at from agenda.agenda_jobs');
  await owner.end();
  await runner.drain(1_000);
  return rows.map(({ at }) => at.toISOString().slice(11, 16)).join();
}
