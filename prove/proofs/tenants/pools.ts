import { ENTITIES } from '../../../src/entities.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { openOrm } from '../../../src/platform/database/orm.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { statement } from '../../../src/platform/database/sql.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Catalogue } from '../../../test/support/catalogue.js';
import { TEST_PASSWORDS } from '../../../test/support/test-passwords.js';

export interface PoolsFound {
  readonly queries: number;
  readonly own: number;
  readonly troubles: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

interface Wanted {
  readonly databaseUrl: string;
  readonly operatorIds: readonly string[];
  readonly queries: number;
  readonly random: () => number;
}

type Counts = { readonly own: number; readonly strange: number };

const TABLES = ['orders', 'payers', 'merchants', 'events', 'api_keys', 'agreements', 'operations', 'transactions'];
const COUNTS = TABLES.map((table) =>
  statement(
    `prove_${table}`,
    `select count(*) filter (where operator_id = $1)::int as own, count(*) filter (where operator_id <> $1)::int as strange from ${table}`,
  ),
);
const PID = statement('prove_pid', 'select pg_backend_pid() as pid');
const WRONG = statement('prove_wrong', 'select 1 / 0');
const SLOW = statement('prove_slow', 'select pg_sleep(5)');
const SHORT = statement('prove_short', "set local statement_timeout = '2ms'");

class OnPurpose extends Error {}

/** Two tenants take turns on the same few connections, and some of their turns end badly. */
export async function alternate(wanted: Wanted): Promise<PoolsFound> {
  const appUrl = urlFor(wanted.databaseUrl, 'quittance_app', TEST_PASSWORDS.app);
  const app = pipelinedPool(appUrl, 2);
  const orm = await openOrm({ url: appUrl, entities: ENTITIES, poolMax: 2 });
  const owner = await Catalogue.open(wanted.databaseUrl);
  const turns = new Turns(new UnitsOfWork(orm, app, systemClock), owner, wanted);
  try {
    const track = async () => {
      while (turns.taken < wanted.queries) await turns.next();
    };
    await Promise.all([track(), track(), track()]);
    for (let unscoped = 0; unscoped < 20; unscoped += 1) {
      const { rowCount } = await app.query(`select * from ${TABLES[unscoped % TABLES.length]}`);
      if (rowCount) turns.violations.push(`${rowCount} rows are left to whoever comes after`);
    }
    return { queries: turns.taken, own: turns.own, troubles: turns.troubles, violations: turns.violations };
  } finally {
    await owner.close();
    await app.end();
    await orm.close(true);
  }
}

class Turns {
  readonly violations: string[] = [];
  readonly troubles: Record<string, number> = {};
  taken = 0;
  own = 0;

  constructor(
    private readonly units: UnitsOfWork,
    private readonly owner: Catalogue,
    private readonly wanted: Wanted,
  ) {}

  async next(): Promise<void> {
    const { operatorIds, random } = this.wanted;
    const operatorId = operatorIds[this.taken % operatorIds.length] ?? '';
    const trouble = random() < 0.12 ? TROUBLES[Math.floor(random() * TROUBLES.length)] : undefined;
    const work = async (transaction: Transaction) => {
      await this.#look(transaction, operatorId);
      if (trouble) await this.#make(trouble, transaction);
    };
    const ended = random() < 0.5 ? this.units.sql(operatorId, work) : this.units.run(operatorId, work);
    await ended.then(
      () => {
        if (trouble) this.violations.push(`a transaction was committed although it had ${trouble}`);
      },
      (error: unknown) => {
        if (!trouble) throw error;
        this.troubles[trouble] = (this.troubles[trouble] ?? 0) + 1;
      },
    );
  }

  async #look(transaction: Transaction, operatorId: string): Promise<void> {
    const count = COUNTS[Math.floor(this.wanted.random() * COUNTS.length)];
    if (!count) return;
    this.taken += 1;
    const [row] = await transaction.query<Counts & Record<string, unknown>>(count, [operatorId]);
    this.own += row?.own ?? 0;
    if (row?.strange !== 0) this.violations.push(`${operatorId} saw ${row?.strange} rows of others by ${count.name}`);
    if (!row?.own) this.violations.push(`${operatorId} saw none of its own rows by ${count.name}`);
  }

  async #make(trouble: (typeof TROUBLES)[number], transaction: Transaction): Promise<void> {
    if (trouble === 'been thrown out of') throw new OnPurpose();
    if (trouble === 'failed') await transaction.query(WRONG);
    else if (trouble === 'taken too long') {
      await transaction.query(SHORT);
      await transaction.query(SLOW);
    } else {
      const [row] = await transaction.query<{ pid: number } & Record<string, unknown>>(PID);
      const end = trouble === 'been cancelled' ? 'pg_cancel_backend' : 'pg_terminate_backend';
      const slept = transaction.query(SLOW);
      slept.catch(() => undefined);
      // What is not asleep yet is not cancelled: so it is told again.
      const again = setInterval(() => void this.owner.rows(`select ${end}($1)`, [row?.pid]).catch(() => undefined), 3);
      await slept.finally(() => clearInterval(again));
    }
  }
}

const TROUBLES = ['failed', 'been thrown out of', 'been cancelled', 'lost its connection', 'taken too long'] as const;
