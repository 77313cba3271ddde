import { randomUUID } from 'node:crypto';
import { ENTITIES } from '../../src/entities.js';
import { systemClock } from '../../src/kernel/clock.js';
import { openOrm } from '../../src/platform/database/orm.js';
import { statement } from '../../src/platform/database/sql.js';
import type { Transaction } from '../../src/platform/database/transaction.js';
import { UnitsOfWork } from '../../src/platform/database/unit-of-work.js';
import type { DomainEvent } from '../../src/platform/events/domain-event.js';
import { Reactions } from '../../src/platform/events/reactions.js';
import { EventsDatabase } from './events-database.js';

let database: EventsDatabase;

beforeAll(async () => {
  database = await EventsDatabase.start();
}, 60_000);

afterEach(() => database.close());
afterAll(() => database.stop());

const NOTE = statement(
  'test_note',
  `insert into idempotency_keys (operator_id, owner, key, request_hash, result, created_at)
   values ($1, 'test', $2, '', '{}', now())`,
);
const NOTES = statement('test_notes', 'select key from idempotency_keys where operator_id = $1 order by key');
const FAIL = statement('test_fail', `do $$ begin raise exception using errcode = '40P01'; end $$`);

const event = (type: string): DomainEvent => ({ type, subjectId: randomUUID(), merchantId: null, payload: {} });

const note = (transaction: Transaction, text: string) => transaction.query(NOTE, [transaction.operatorId, text]);

const notes = async (transaction: Transaction) =>
  (await transaction.query<{ key: string }>(NOTES, [transaction.operatorId])).map(({ key }) => key);

/** What one operator's transactions left behind. */
async function unitsWith(reactions: Reactions, heard: string[] = []) {
  const { app } = await database.process();
  const orm = await openOrm({ url: database.appUrl, entities: ENTITIES });
  database.onClose(() => orm.close(true));
  const units = new UnitsOfWork(orm, app, systemClock, reactions, (published) => {
    heard.push(...published.map(({ type }) => type));
  });
  const operatorId = randomUUID();
  const left = async () => ({
    notes: await units.sql(operatorId, notes),
    events: (
      await database.owner.query<{ type: string }>('select type from events where operator_id = $1 order by sequence', [
        operatorId,
      ])
    ).rows.map(({ type }) => type),
  });
  return { units, operatorId, left };
}

describe.each(['sql', 'run'] as const)('reactions in a transaction of `%s`', (kind) => {
  it('are committed with what they react to, and find what it did', async () => {
    const found: string[][] = [];
    const reactions = new Reactions().on('made', async (transaction) => {
      found.push(await notes(transaction));
      await note(transaction, 'reaction');
      transaction.publish(event('noticed'));
    });
    const heard: string[] = [];
    const { units, operatorId, left } = await unitsWith(reactions, heard);
    await units[kind](operatorId, async (transaction) => {
      transaction.send(NOTE, [operatorId, 'cause']);
      transaction.publish(event('made'));
    });
    expect(found).toEqual([['cause']]);
    expect(await left()).toEqual({ notes: ['cause', 'reaction'], events: ['made', 'noticed'] });
    expect(heard).toEqual(['made', 'noticed']);
  });

  it('take what they react to with them when they fail', async () => {
    const reactions = new Reactions().on('made', async (transaction) => {
      await note(transaction, 'reaction');
      throw new Error('not with me');
    });
    const heard: string[] = [];
    const { units, operatorId, left } = await unitsWith(reactions, heard);
    const work = units[kind](operatorId, async (transaction) => {
      await note(transaction, 'cause');
      transaction.publish(event('made'));
    });
    await expect(work).rejects.toThrow('not with me');
    expect(await left()).toEqual({ notes: [], events: [] });
    expect(heard).toEqual([]);
  });

  it('do not run for work that fails', async () => {
    const ran: string[] = [];
    const reactions = new Reactions().on('made', async () => void ran.push('reaction'));
    const { units, operatorId } = await unitsWith(reactions);
    const work = units[kind](operatorId, async (transaction) => {
      transaction.publish(event('made'));
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(ran).toEqual([]);
  });

  it('run again, on a fresh transaction, after a deadlock', async () => {
    let tries = 0;
    const reactions = new Reactions().on('made', async (transaction) => {
      tries += 1;
      transaction.publish(event(`try ${tries}`));
      await note(transaction, `try ${tries}`);
      if (tries === 1) await transaction.query(FAIL);
    });
    const { units, operatorId, left } = await unitsWith(reactions);
    await units[kind](operatorId, async (transaction) => transaction.publish(event('made')));
    expect(await left()).toEqual({ notes: ['try 2'], events: ['made', 'try 2'] });
  });

  it('hide no deadlock of what was sent before them', async () => {
    let tries = 0;
    const reactions = new Reactions().on('made', async (transaction) => void (await note(transaction, 'reaction')));
    const { units, operatorId, left } = await unitsWith(reactions);
    await units[kind](operatorId, async (transaction) => {
      tries += 1;
      if (tries === 1) transaction.send(FAIL);
      transaction.publish(event('made'));
    });
    expect(await left()).toEqual({ notes: ['reaction'], events: ['made'] });
  });

  it('see their own operator only', async () => {
    const found: string[][] = [];
    const reactions = new Reactions().on('made', async (transaction) => void found.push(await notes(transaction)));
    const { units, operatorId } = await unitsWith(reactions);
    await units.sql(randomUUID(), (transaction) => note(transaction, 'theirs'));
    await units[kind](operatorId, async (transaction) => transaction.publish(event('made')));
    expect(found).toEqual([[]]);
  });
});

describe('reactions', () => {
  const transactionOf = (published: DomainEvent[]): Transaction => ({
    operatorId: randomUUID(),
    now: systemClock.now(),
    realNow: systemClock.now(),
    publish: (each) => void published.push(each),
    send: () => {},
    query: async () => [],
  });

  async function runOf(reactions: Reactions, ...types: string[]): Promise<readonly string[]> {
    const published = types.map(event);
    await reactions.to(transactionOf(published), published);
    return published.map(({ type }) => type);
  }

  it('follow the order of events, then that of registration, then what reactions have published', async () => {
    const ran: string[] = [];
    const says =
      (name: string, publishes?: string) =>
      async (transaction: Transaction, { type }: DomainEvent) => {
        ran.push(`${name} of ${type}`);
        if (publishes) transaction.publish(event(publishes));
      };
    const reactions = new Reactions().on('a', says('1st', 'c')).on('b', says('2nd')).on('a', says('3rd'));
    await runOf(reactions.on('c', says('4th')), 'a', 'x', 'b', 'a');
    expect(ran).toEqual([...['1st of a', '3rd of a', '2nd of b', '1st of a', '3rd of a'], ...['4th of c', '4th of c']]);
  });

  it.each([
    ['nothing was published', []],
    ['nobody reacts to what was', ['x', 'y']],
  ])('are nothing to wait for when %s', (_name, types) => {
    const published = types.map(event);
    const reactions = new Reactions().on('a', async () => {});
    expect(reactions.to(transactionOf(published), published)).toBeNull();
  });

  it('add no statement to a transaction that they do not concern', async () => {
    const { app } = await database.process();
    const texts: string[] = [];
    app.on('acquire', (client) => {
      const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
      Object.assign(client, {
        query: (asked: { text: string }, ...rest: unknown[]) => {
          texts.push(asked.text);
          return query(asked, ...rest);
        },
      });
    });
    const reactions = new Reactions().on('a', async (transaction) => void (await notes(transaction)));
    const units = new UnitsOfWork(undefined as never, app, systemClock, reactions);
    await units.sql(randomUUID(), async () => {});
    expect(texts).toHaveLength(3);
    expect(texts).toEqual(['begin', expect.stringContaining('set_config'), 'commit']);
  });

  it('may follow each other, but not in a circle', async () => {
    const next = (to: string) => async (transaction: Transaction) => transaction.publish(event(to));
    const chain = new Reactions();
    for (const step of [1, 2, 3, 4, 5, 6, 7, 8]) chain.on(`step ${step}`, next(`step ${step + 1}`));
    expect(await runOf(chain, 'step 1')).toHaveLength(9);

    const circle = new Reactions().on('ping', next('pong')).on('pong', next('ping'));
    await expect(runOf(circle, 'ping')).rejects.toThrow('Reactions go round in a circle: ping.');
  });
});
