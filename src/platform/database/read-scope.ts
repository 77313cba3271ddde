import type pg from 'pg';
import { type Row, run, type Sql, type Statement, statement } from './sql.js';
import { TENANT_SETTING } from './tenant-scoped-entity.js';

const BEGIN = statement('begin_read', 'begin read only');
const COMMIT = statement('commit', 'commit');
const SCOPE = statement('scope', `select set_config('${TENANT_SETTING}', $1, true)`);

interface Waiting {
  readonly statement: Statement;
  readonly parameters: readonly unknown[];
  readonly resolve: (rows: Row[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The reads of one request. Statements asked for in the same turn of the event
 * loop (the data loaders of one level of a query) travel together: one
 * connection, one round trip, one read-only transaction with the operator's
 * scope around them. A read by itself would pay begin, scope and commit alone.
 */
export class ReadScope implements Sql {
  #waiting: Waiting[] = [];

  constructor(
    private readonly pool: pg.Pool,
    readonly operatorId: string,
  ) {}

  query<Result extends Row>(statement: Statement, parameters: readonly unknown[] = []): Promise<Result[]> {
    return new Promise<Result[]>((resolve, reject) => {
      if (this.#waiting.length === 0) process.nextTick(() => void this.#send());
      this.#waiting.push({ statement, parameters, resolve: resolve as (rows: Row[]) => void, reject });
    });
  }

  async #send(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    let client: pg.PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const answers = batch.map(() => undefined as unknown);
    const sent = [
      run(client, BEGIN),
      run(client, SCOPE, [this.operatorId]),
      ...batch.map(({ statement, parameters }, index) =>
        run(client, statement, parameters).then((rows) => {
          answers[index] = rows;
        }),
      ),
      run(client, COMMIT),
    ];
    const results = await Promise.allSettled(sent);
    const failure = results.find((result) => result.status === 'rejected');
    client.release(failure !== undefined && results.at(-1)?.status === 'rejected');
    for (const [index, { resolve, reject }] of batch.entries()) {
      const result = results[index + 2];
      if (result?.status === 'fulfilled' && failure === undefined) resolve(answers[index] as Row[]);
      else reject(failure?.reason);
    }
  }
}
