import type { Statement } from '../../../src/platform/database/sql.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import type { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';

/**
 * A barrier in the middle of what racers do: whoever comes to it waits until
 * all have come, or have ended without coming so far. Then all go on in the
 * same turn of the event loop, each on a connection of its own.
 */
export class Meeting {
  /** How many stood at the line when it was opened. */
  met = 0;
  #expected = 0;
  #gone = 0;
  readonly #waiting: (() => void)[] = [];

  /** Runs racers that all have to be expected before any of them may go on. */
  async run<Result>(racers: readonly (() => Promise<Result>)[]): Promise<PromiseSettledResult<Result>[]> {
    this.#expected = racers.length;
    return Promise.allSettled(
      racers.map(async (race) => {
        try {
          return await race();
        } finally {
          this.#gone += 1;
          this.#openIfAllAreHere();
        }
      }),
    );
  }

  /** Resolves when the line is open; at once when it has been opened. */
  arrive(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#openIfAllAreHere();
    });
  }

  #openIfAllAreHere(): void {
    const isOpen = this.met > 0;
    if (!isOpen && this.#waiting.length + this.#gone < this.#expected) return;
    if (!isOpen) this.met = this.#waiting.length;
    for (const goOn of this.#waiting.splice(0)) goOn();
  }
}

/** Where a racer waits for the others: before it sends the statement for the so-manieth time. */
export interface Line {
  readonly before: readonly Statement[];
  readonly time?: number;
}

/** The units of work of one racer, which waits once, in the middle of its transaction, at the line. */
export function meetingAt(units: UnitsOfWork, meeting: Meeting, { before, time = 1 }: Line): UnitsOfWork {
  const names = new Set(before.map(({ name }) => name));
  let left = time;
  const arriving = ({ name }: Statement): Promise<void> | null => {
    if (!names.has(name)) return null;
    left -= 1;
    return left === 0 ? meeting.arrive() : null;
  };
  const sql: UnitsOfWork['sql'] = (operatorId, work) =>
    units.sql(operatorId, async (transaction) => {
      const held = new HeldStatements(transaction, arriving);
      const result = await work(held.transaction);
      // What nobody waits for is sent, too, before the commit is.
      await held.opened;
      return result;
    });
  return withSql(units, sql);
}

/** The same units of work, whose transactions of statements are run in another way. */
export function withSql(units: UnitsOfWork, sql: UnitsOfWork['sql']): UnitsOfWork {
  return new Proxy(units, { get: (target, name) => (name === 'sql' ? sql : ownOf(target, name)) });
}

/** What is asked once the line is reached is sent when it is open, in the order in which it was asked. */
class HeldStatements {
  opened: Promise<void> | null = null;
  readonly transaction: Transaction;

  constructor(
    private readonly behind: Transaction,
    private readonly arriving: (statement: Statement) => Promise<void> | null,
  ) {
    const query: Transaction['query'] = (statement, parameters) => {
      const held = this.#held(statement);
      const asked = held?.then(() => behind.query<never>(statement, parameters)) ?? behind.query(statement, parameters);
      // Whoever does not wait for it hears of its failure from the commit.
      asked.catch(() => {});
      return asked;
    };
    const send: Transaction['send'] = (statement, parameters) => {
      const held = this.#held(statement);
      if (held) void held.then(() => behind.send(statement, parameters));
      else behind.send(statement, parameters);
    };
    const own = new Map<string | symbol, unknown>([
      ['query', query],
      ['send', send],
    ]);
    this.transaction = new Proxy(this.behind, { get: (target, name) => own.get(name) ?? ownOf(target, name) });
  }

  #held(statement: Statement): Promise<void> | null {
    const arrived = this.arriving(statement);
    if (arrived)
      this.opened = arrived.then(() => {
        this.opened = null;
      });
    return this.opened;
  }
}

/** What reads private fields has to be called on what has them. */
function ownOf<Target extends object>(target: Target, name: string | symbol): unknown {
  const value = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
}
