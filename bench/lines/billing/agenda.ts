import { PostgresBackend } from '@agendajs/postgres-backend';
import { Agenda } from 'agenda';
import pg from 'pg';
import { prepareAgendaTables } from '../../../src/platform/jobs/agenda-store.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { Worked } from '../../support/measured.js';

/** What many would reach for: a job of the queue for each charge. The jobs do nothing at all. */
const { ownerUrl } = settings<{ ownerUrl: string }>();
await prepareAgendaTables(ownerUrl);
const pool = new pg.Pool({ connectionString: ownerUrl, max: 10, options: '-c search_path=agenda' });
pool.on('error', () => {});

/** More than its defaults of 5 and 20, and it looks for due jobs more often than every 5 seconds. */
const AT_ONCE = 100;
const PROCESS_EVERY_MS = 50;

let runs = 0;
let made: Awaited<ReturnType<typeof make>> | null = null;

serve<{ order: 'make' | 'run'; jobs: number }>({}, async ({ order, jobs }) => {
  if (order === 'make') {
    made = await make(jobs);
    return {};
  }
  if (!made) throw new Error('no jobs were made');
  const [began, cpu] = [performance.now(), cpuMicros()];
  await made.agenda.start();
  await made.allDone;
  const seconds = (performance.now() - began) / 1000;
  const worked: Worked = { made: jobs, seconds, cpuMicros: cpuMicros() - cpu };
  await made.agenda.stop(false);
  await pool.query('delete from agenda_jobs where name = $1', [made.name]);
  return worked;
});

async function make(jobs: number) {
  runs += 1;
  const name = `empty-${process.pid}-${runs}`;
  const agenda = new Agenda({
    backend: new PostgresBackend({ pool, ensureSchema: false, disableNotifications: true }),
    processEvery: PROCESS_EVERY_MS,
    maxConcurrency: AT_ONCE,
    defaultConcurrency: AT_ONCE,
  });
  agenda.on('error', console.error);
  await agenda.ready;
  let done = 0;
  const { promise: allDone, resolve } = Promise.withResolvers<void>();
  agenda.define(name, async () => {
    done += 1;
    if (done === jobs) resolve();
  });
  for (let job = 0; job < jobs; job += 1) await agenda.create(name, { job }).schedule(new Date()).save();
  return { name, agenda, allDone };
}
