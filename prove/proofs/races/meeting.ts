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
  const isTheLine = ({ name }: Statement) => {
    if (!names.has(name)) return false;
    left -= 1;
    return left === 0;
  };
  const sql: UnitsOfWork['sql'] = (operatorId, work) =>
    units.sql(operatorId, (transaction) => work(held(transaction, isTheLine, () => meeting.arrive())));
  return new Proxy(units, { get: (target, name) => (name === 'sql' ? sql : ownOf(target, name)) });
}

/** What is asked after the line was reached is sent after it, in the order in which it was asked. */
function held(transaction: Transaction, isTheLine: (statement: Statement) => boolean, arrive: () => Promise<void>) {
  let opened: Promise<void> | null = null;
  const query: Transaction['query'] = (statement, parameters) => {
    if (isTheLine(statement))
      opened = arrive().then(() => {
        opened = null;
      });
    return opened
      ? opened.then(() => transaction.query(statement, parameters))
      : transaction.query(statement, parameters);
  };
  const send: Transaction['send'] = (statement, parameters) => {
    if (opened) void opened.then(() => transaction.send(statement, parameters));
    else transaction.send(statement, parameters);
  };
  return new Proxy(transaction, {
    get: (target, name) => (name === 'query' ? query : name === 'send' ? send : ownOf(target, name)),
  });
}

/** What reads private fields has to be called on what has them. */
function ownOf<Target extends object>(target: Target, name: string | symbol): unknown {
  const value = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
}
