import { type EntityManager, type MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import type pg from 'pg';
import { type Clock, OperatorClocks } from '../../kernel/clock.js';
import type { DomainEvent } from '../events/domain-event.js';
import { Reactions } from '../events/reactions.js';
import { publishStatement } from './publish.js';
import { isRetryable, type Row, type Statement } from './sql.js';
import { inTransaction, type Transaction } from './transaction.js';

/**
 * Everything a use case may touch, scoped to one operator and one transaction.
 * Use cases receive it as their first argument and can neither commit it nor
 * reach the network through it.
 */
export interface UnitOfWork extends Transaction {
  readonly em: EntityManager;
}

/** Deadlocks and serialization failures are nobody's fault; the work is run again, on fresh objects. */
const TRIES_MAX = 4;

export class UnitsOfWork {
  /** What the operators' clocks show; whoever puts the program together keeps it up to date. */
  readonly clocks: OperatorClocks;

  constructor(
    private readonly orm: MikroORM,
    private readonly pool: pg.Pool,
    /** The real one. */
    readonly clock: Clock,
    /** What else happens in a transaction because of what it publishes. */
    private readonly reactions = new Reactions(),
    /** Called after a commit that published events: this process need not wait until it reads them in the log. */
    private readonly onCommitted: (published: readonly DomainEvent[]) => void = () => {},
    private readonly rehearsalOf: UnitsOfWork | null = null,
  ) {
    this.clocks = rehearsalOf?.clocks ?? new OperatorClocks(clock);
  }

  /**
   * The same, where nothing is kept: what `sql` would have committed is checked
   * to its end, rolled back, and answered by throwing `Rehearsed`. So a use case
   * is tried out as far as its first commit, before it tells anybody outside.
   */
  rehearsing(): UnitsOfWork {
    return new UnitsOfWork(this.orm, this.pool, this.clock, this.reactions, this.onCommitted, this);
  }

  /** The operator's time, for what is outside of transactions. */
  nowOf(operatorId: string): Date {
    return this.clocks.now(operatorId);
  }

  /** With entities: for what changes one object with thought. Commits when `work` resolves. */
  run<Result>(operatorId: string, work: (uow: UnitOfWork) => Promise<Result>): Promise<Result> {
    if (this.rehearsalOf) throw new Error('only what goes by statements can be rehearsed');
    return again(async () => {
      let published: readonly DomainEvent[] = [];
      const root = this.orm.em.fork();
      // Both walls at once: the filter scopes the ORM, its session variable feeds the row policies.
      root.setFilterParams('tenant', { operatorId });
      const result = await root.transactional(async (em) => {
        const uow = new EntityUnitOfWork(em, this.#scope(operatorId));
        const answer = await work(uow);
        // What reactions read, they read with SQL.
        await em.flush();
        await uow.settle();
        const reacting = this.reactions.to(uow, uow.published);
        if (reacting) await reacting;
        await uow.announce();
        published = uow.published;
        return answer;
      });
      if (published.length > 0) this.onCommitted(published);
      return result;
    });
  }

  /** With prepared statements only, pipelined: for the hot ways. */
  sql<Result>(operatorId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const { onCommitted, reactions } = this;
    const isRehearsal = this.rehearsalOf !== null;
    const hooks = { react: reactions.to.bind(reactions), onCommitted, isRehearsal };
    return again(() => inTransaction(this.pool, { ...this.#scope(operatorId), ...hooks }, work));
  }

  #scope(operatorId: string): Scope {
    const realNow = this.clock.now();
    return { operatorId, now: this.clocks.at(operatorId, realNow), realNow };
  }
}

type Scope = Pick<Transaction, 'operatorId' | 'now' | 'realNow'>;

class EntityUnitOfWork implements UnitOfWork {
  readonly operatorId: string;
  readonly now: Date;
  readonly realNow: Date;
  readonly #events: DomainEvent[] = [];
  readonly #sent: Promise<unknown>[] = [];

  constructor(
    readonly em: EntityManager,
    scope: Scope,
  ) {
    this.operatorId = scope.operatorId;
    this.now = scope.now;
    this.realNow = scope.realNow;
  }

  publish(event: DomainEvent): void {
    this.#events.push(event);
  }

  get published(): readonly DomainEvent[] {
    return this.#events;
  }

  /** On the ORM's own connection, so it sees what was flushed and rolls back with it. */
  async query<Result extends Row>(statement: Statement, parameters: readonly unknown[] = []): Promise<Result[]> {
    const result = await this.em.getKysely().executeQuery<Result>(CompiledQuery.raw(statement.text, [...parameters]));
    return result.rows;
  }

  send(statement: Statement, parameters: readonly unknown[] = []): void {
    const answer = this.query(statement, parameters);
    answer.catch(() => {});
    this.#sent.push(answer);
  }

  /** Rejects when something that was sent has failed. */
  async settle(): Promise<void> {
    await Promise.all(this.#sent);
  }

  async announce(): Promise<void> {
    await this.settle();
    if (this.#events.length === 0) return;
    const { text, parameters } = publishStatement(this.operatorId, this.now, this.#events);
    await this.em.getKysely().executeQuery(CompiledQuery.raw(text, parameters));
  }
}

async function again<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries >= TRIES_MAX || !isRetryable(error)) throw error;
    }
  }
}
