import { liveEvents } from '../../src/platform/live/live-events.js';
import { MemoryEvents } from '../platform/support/memory-events.js';

const matches = () => true;

describe('liveEvents', () => {
  it('ends a slow subscription with an error that says how to go on, and stops listening', async () => {
    const source = new MemoryEvents();
    const events = liveEvents(source, { operatorId: 'op-1', matches, bufferMax: 3 });
    for (const text of ['a', 'b', 'c', 'd']) source.emit(text);
    await expect(events.next()).rejects.toThrow(/`after` set to the last cursor/);
    expect(source.listeners.size).toBe(0);
    expect(await events.next()).toMatchObject({ done: true });
  });

  it('loses nothing when the buffer overflows while the past is read', async () => {
    const source = new MemoryEvents();
    for (let index = 0; index < 25; index += 1) source.emit(`old ${index}`);
    const events = liveEvents(source, { operatorId: 'op-1', matches, after: '00000000', bufferMax: 3, pageSize: 10 });
    const seen: string[] = [];
    for await (const { cursor } of events) {
      seen.push(cursor);
      if (source.log.length < 60) for (let burst = 0; burst < 5; burst += 1) source.emit('during replay');
      if (seen.length === source.log.length) break;
    }
    expect(seen).toEqual(source.log.map(({ cursor }) => cursor));
    expect(source.listeners.size).toBe(0);
  });

  it('drops what the past showed already and is told of only afterwards', async () => {
    const source = new MemoryEvents();
    const first = source.emit('seen');
    // Another process wrote these; they are in the log before this one hears of them.
    const events = liveEvents(source, { operatorId: 'op-1', matches, after: first.cursor });
    const listeners = [...source.listeners];
    source.listeners.clear();
    const late = [source.emit('a'), source.emit('b')];
    expect([(await events.next()).value, (await events.next()).value]).toEqual(late);
    const waiting = events.next();
    const live = { ...first, cursor: '00000004' };
    for (const tell of listeners) tell([...late, live]);
    expect((await waiting).value).toEqual(live);
    await events.return();
  });

  it('returns at once although next is waiting', async () => {
    const source = new MemoryEvents();
    const events = liveEvents(source, { operatorId: 'op-1', matches });
    const waiting = events.next();
    await events.return();
    expect(await waiting).toMatchObject({ done: true });
    expect(source.listeners.size).toBe(0);
  });

  it('passes on what reading the past throws', async () => {
    const source = new MemoryEvents();
    source.readAfter = async () => {
      throw new Error('no such cursor');
    };
    const events = liveEvents(source, { operatorId: 'op-1', matches, after: 'nonsense' });
    await expect(events.next()).rejects.toThrow('no such cursor');
    await events.return();
  });

  it("skips other operators' events and what does not match", async () => {
    const source = new MemoryEvents();
    const events = liveEvents(source, { operatorId: 'op-1', matches: ({ subjectId }) => subjectId === 's-2' });
    source.emit('a');
    source.emit('b', { operatorId: 'op-2', subjectId: 's-2' });
    source.emit('c', { subjectId: 's-2' });
    expect((await events.next()).value).toMatchObject({ payload: { text: 'c' } });
    await events.return();
  });
});
