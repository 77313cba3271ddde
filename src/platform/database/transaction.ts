import type pg from 'pg';
import type { DomainEvent } from '../events/domain-event.js';
import { publishStatement } from './publish.js';
import { isAfterFailure, type Row, run, type Sql, type Statement, statement } from './sql.js';
import { TENANT_SETTING } from './tenant-scoped-entity.js';

const BEGIN = statement('begin', 'begin');
const COMMIT = statement('commit', 'commit');
const ROLLBACK = statement('rollback', 'rollback');
const SCOPE = statement('scope', `select set_config('${TENANT_SETTING}', $1, true)`);
const CHECK_DEFERRED = statement('check_deferred', 'set constraints all immediate');

/** The end of a rehearsal: all would have been committed, and nothing was. */
export class Rehearsed extends Error {
  override readonly name = 'Rehearsed';
}

/** One transaction of one operator: statements, and the facts to announce when it commits. */
export interface Transaction extends Sql {
  readonly operatorId: string;
  /** The one moment at which all of this happens, by the operator's clock. */
  readonly now: Date;
  /** The same moment by the real clock: for what keeps time with the outside, such as keys, deliveries and leases. */
  readonly realNow: Date;
  /** For a statement whose answer nobody needs: it travels with the commit, which fails if it does. */
  send(statement: Statement, parameters?: readonly unknown[]): void;
  publish(event: DomainEvent): void;
}

/**
 * Runs `work` in a transaction that sees one operator's rows. Opening costs no
 * round trip: begin and scope travel with the first statement, and commit with
 * the last ones that `work` did not wait for. Commits when `work` resolves and
 * all its statements succeeded, else rolls back.
 */
export async function inTransaction<Result>(
  pool: pg.Pool,
  scope: {
    readonly operatorId: string;
    readonly now: Date;
    readonly realNow?: Date;
    /** What else is to happen because of what was published; null when nobody reacts. */
    readonly react?: (transaction: Transaction, published: readonly DomainEvent[]) => Promise<void> | null;
    readonly onCommitted?: (published: readonly DomainEvent[]) => void;
    /** Nothing is kept: once all of it has succeeded, it is rolled back, and `Rehearsed` is thrown. */
    readonly isRehearsal?: boolean;
  },
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  const transaction = new PipelinedTransaction(client, scope.operatorId, scope.now, scope.realNow ?? scope.now);
  let broken: unknown;
  try {
    const result = await work(transaction);
    // Everything that `work` did is on its way already, so whoever reacts finds it.
    const reacting = scope.react?.(transaction, transaction.published);
    if (reacting) await reacting;
    if (scope.isRehearsal) throw await transaction.rehearsed();
    await transaction.commit();
    if (transaction.published.length > 0) scope.onCommitted?.(transaction.published);
    return result;
  } catch (error) {
    broken = await transaction.rollback();
    throw transaction.causeOf(error);
  } finally {
    client.release(broken instanceof Error ? broken : undefined);
  }
}

class PipelinedTransaction implements Transaction {
  readonly #sent: Promise<unknown>[] = [];
  readonly #events: DomainEvent[] = [];
  #firstFailure: unknown;

  constructor(
    private readonly client: pg.PoolClient,
    readonly operatorId: string,
    readonly now: Date,
    readonly realNow: Date,
  ) {
    this.#send(BEGIN);
    this.#send(SCOPE, [operatorId]);
  }

  query<Result extends Row>(statement: Statement, parameters: readonly unknown[] = []): Promise<Result[]> {
    return this.#send<Result>(statement, parameters);
  }

  send(statement: Statement, parameters: readonly unknown[] = []): void {
    this.#send(statement, parameters);
  }

  publish(event: DomainEvent): void {
    this.#events.push(event);
  }

  get published(): readonly DomainEvent[] {
    return this.#events;
  }

  /** A statement that was waited for may only say that one before it, which nobody waited for, has failed. */
  causeOf(error: unknown): unknown {
    return isAfterFailure(error) ? (this.#firstFailure ?? error) : error;
  }

  /** Resolves when all that a commit would wait for and check has succeeded. */
  async rehearsed(): Promise<Rehearsed> {
    this.#send(CHECK_DEFERRED);
    for (const answer of this.#sent) await answer;
    return new Rehearsed('nothing of it is kept');
  }

  async commit(): Promise<void> {
    if (this.#events.length > 0) {
      const { parameters, ...publish } = publishStatement(this.operatorId, this.now, this.#events);
      this.#send(publish, parameters);
    }
    const committed = this.#send(COMMIT);
    // The first failure is the cause; those after it only say that the transaction is aborted.
    for (const answer of this.#sent) await answer;
    await committed;
  }

  /** Resolves with the error when the connection itself is beyond use. */
  async rollback(): Promise<unknown> {
    await Promise.allSettled(this.#sent);
    return this.#send(ROLLBACK).then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  #send<Result extends Row>(statement: Statement, parameters: readonly unknown[] = []): Promise<Result[]> {
    const answer = run<Result>(this.client, statement, parameters);
    // Whoever asked hears of a failure; nobody asked for those that commit waits for.
    answer.catch((error: unknown) => {
      this.#firstFailure ??= error;
    });
    this.#sent.push(answer);
    return answer;
  }
}
