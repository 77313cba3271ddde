import { PROCESSES } from '../../platform/database/pools.js';
import { type Sql, statement } from '../../platform/database/sql.js';

/** Whoever was served so lately is taken to be there still. */
const LATELY_MS = 250;

/** One session of another process may be about its own upkeep; who serves has several at work. */
const SESSIONS_MIN = 2;

/**
 * Sessions of other processes of this product that were at work within the last
 * quarter of a second. All sessions of a process have its name; PostgreSQL shows
 * a role what its own sessions do, and nobody else's.
 */
const OTHERS_AT_WORK = statement(
  'sessions_of_others_at_work',
  `select count(*)::int as sessions from pg_stat_activity
   where usename = current_user and datname = current_database()
     and application_name like '${PROCESSES}%' and application_name <> current_setting('application_name')
     and state_change > clock_timestamp() - interval '250 milliseconds'`,
);

/** Whether anybody is being served: by this process, which it knows, or by another, which the database does. */
export class LiveTraffic {
  #servedAt = Number.NEGATIVE_INFINITY;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #othersServe = false;

  constructor(private readonly sql: Sql) {}

  /** A request has begun, or ended, here. */
  served(): void {
    this.#servedAt = performance.now();
  }

  /** As of now or just before: nobody waits for an answer to this. */
  isThere(): boolean {
    const now = performance.now();
    if (now - this.#lookedAt >= LATELY_MS) {
      this.#lookedAt = now;
      void this.#look();
    }
    return this.#othersServe || now - this.#servedAt < LATELY_MS;
  }

  async #look(): Promise<void> {
    try {
      const [row] = await this.sql.query<{ sessions: number }>(OTHERS_AT_WORK);
      this.#othersServe = (row?.sessions ?? 0) >= SESSIONS_MIN;
    } catch {
      // Rows meet the same trouble, and tell of it.
    }
  }
}
