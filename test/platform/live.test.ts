import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ApiError } from '../../src/platform/graphql/errors.js';
import { type Fixture, startFixture } from './support/fixture-server.js';

const HAPPENED =
  'subscription Happened($subjectId: ID, $after: EventCursor) { thingHappened(subjectId: $subjectId, after: $after) { cursor text } }';

let fixture: Fixture;
const clients: Client[] = [];
beforeEach(async () => {
  fixture = await startFixture({ live: { initMaxMs: 300, subscriptionsMax: 5 } });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  await fixture.server.drain();
});

function client(authorization = 'Bearer key-1', name = 'authorization'): Client {
  const made = createClient({
    url: `ws://127.0.0.1:${fixture.port}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { [name]: authorization },
    lazyCloseTimeout: 1_000,
  });
  clients.push(made);
  return made;
}

interface Happened {
  readonly thingHappened: { readonly cursor: string; readonly text: string };
}

/** A subscription whose events are collected. */
function follow(from: Client, variables: Record<string, unknown> = {}) {
  const texts: string[] = [];
  const cursors: string[] = [];
  const failures: unknown[] = [];
  let done = false;
  const stop = from.subscribe<Happened>(
    { query: HAPPENED, variables },
    {
      next: ({ data, errors }) => {
        if (errors) failures.push(errors);
        if (data) texts.push(data.thingHappened.text) && cursors.push(data.thingHappened.cursor);
      },
      error: (error) => void failures.push(error),
      complete: () => {
        done = true;
      },
    },
  );
  return { texts, cursors, failures, stop, isDone: () => done };
}

async function until(condition: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const listening = (count: number) => until(() => fixture.events.listeners.size === count);

const subscribed = (count: number) =>
  until(async () => (await fixture.server.metrics.subscriptions.get()).values[0]?.value === count);

/** A bare socket that speaks the protocol by hand. */
async function bare(): Promise<{
  ws: WebSocket;
  messages: { type: string; id?: string; payload?: unknown }[];
  closed: Promise<{ code: number; reason: string }>;
}> {
  const ws = new WebSocket(`ws://127.0.0.1:${fixture.port}/graphql`, 'graphql-transport-ws');
  const messages: { type: string }[] = [];
  ws.on('message', (data) => messages.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    ws.once('close', (code, reason) => resolve({ code, reason: String(reason) })),
  );
  await new Promise((resolve) => ws.once('open', resolve));
  return { ws, messages, closed };
}

describe('connecting', () => {
  it('closes a silent socket with 4408', async () => {
    const { closed } = await bare();
    expect(await closed).toMatchObject({ code: 4408 });
  });

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])('takes the key as %s', async (name) => {
    const one = follow(client('Bearer key-1', name));
    await listening(1);
    fixture.events.emit('a');
    await until(() => one.texts.length === 1);
  });

  it('closes with 4403 and the reason when the key is bad', async () => {
    const { ws, closed } = await bare();
    ws.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer bad' } }));
    expect(await closed).toEqual({ code: 4403, reason: expect.stringContaining('Give a key') });
  });

  it('says nothing of the inside when keys cannot be looked up', async () => {
    const { ws, closed } = await bare();
    ws.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer broken' } }));
    expect(await closed).toEqual({ code: 4500, reason: expect.not.stringContaining('database') });
  });

  it.each([
    ['not JSON', '{', 4400],
    [
      'subscribes before it is known',
      JSON.stringify({ type: 'subscribe', id: '1', payload: { query: HAPPENED } }),
      4401,
    ],
    ['an unknown message', JSON.stringify({ type: 'start', id: '1' }), 4400],
    ['a message of 200 KB', 'x'.repeat(200_000), 1009],
  ])('closes when the client sends %s', async (_name, message, code) => {
    const { ws, closed } = await bare();
    ws.send(message);
    expect(await closed).toMatchObject({ code });
  });

  it('refuses other paths and other protocols', async () => {
    const elsewhere = new WebSocket(`ws://127.0.0.1:${fixture.port}/other`, 'graphql-transport-ws');
    await expect(new Promise((_, reject) => elsewhere.once('error', reject))).rejects.toThrow('404');
    const old = new WebSocket(`ws://127.0.0.1:${fixture.port}/graphql`, 'graphql-ws');
    old.on('error', () => {});
    await new Promise((resolve) => old.once('close', resolve));
    await until(() => fixture.server.sockets.count === 0);
  });
});

describe('subscribing', () => {
  it('shares one execution and one listener among subscribers alike', async () => {
    const subscribers = Array.from({ length: 20 }, () => follow(client()));
    await subscribed(20);
    expect(fixture.events.listeners.size).toBe(1);
    for (const text of ['a', 'ä→🎉', 'x'.repeat(70_000)]) fixture.events.emit(text);
    await until(() => subscribers.every(({ texts }) => texts.length === 3));
    expect(subscribers.every(({ texts }) => texts[1] === 'ä→🎉' && texts[2]?.length === 70_000)).toBe(true);
    expect(fixture.counts.executions).toBe(3);
    expect(fixture.server.sockets.groupCount).toBe(1);
  });

  it('keeps apart what differs in scope, variables or viewer', async () => {
    const all = [client('Bearer op-1'), client('Bearer op-2'), client('Bearer op-1-personal')].map((each) =>
      follow(each),
    );
    const one = follow(client('Bearer op-1'), { subjectId: 's-2' });
    await listening(4);
    expect(fixture.server.sockets.groupCount).toBe(3);
    fixture.events.emit('first');
    fixture.events.emit('theirs', { operatorId: 'op-2' });
    fixture.events.emit('second', { subjectId: 's-2' });
    await until(() => all[0]?.texts.length === 2 && all[2]?.texts.length === 2 && one.texts.length === 1);
    expect(all.map(({ texts }) => texts)).toEqual([['first', 'second'], ['theirs'], ['first', 'second']]);
    expect(one.texts).toEqual(['second']);
  });

  it('replays what came after a cursor, then goes on: no gap, no repeat', async () => {
    for (let index = 0; index < 450; index += 1) fixture.events.emit(`old ${index}`);
    const started = follow(client(), { after: '00000010' });
    const emitting = setInterval(() => fixture.events.emit(`new ${fixture.events.log.length}`), 1);
    await until(() => started.cursors.length > 500);
    clearInterval(emitting);
    await until(() => started.cursors.length === fixture.events.log.length - 10);
    expect(started.cursors).toEqual(fixture.events.log.slice(10).map(({ cursor }) => cursor));
  });

  it('reports what is wrong with the operation without closing the socket', async () => {
    const { ws, messages } = await bare();
    ws.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer key-1' } }));
    await until(() => messages.some(({ type }) => type === 'connection_ack'));
    const queries = [
      '{ hello }',
      'subscription { nothing }',
      'subscription {',
      'mutation { ping }',
      'subscription { thingHappened @skip(if: true) { cursor } }',
      'subscription { thingHappened @include(if: false) { cursor } }',
      'subscription { ... @include(if: false) { thingHappened { cursor } } }',
      'subscription { ...Happened @skip(if: true) } fragment Happened on Subscription { thingHappened { cursor } }',
      `subscription { ${'thingHappened { cursor } '.repeat(200)} }`,
    ];
    for (const [index, query] of queries.entries()) {
      ws.send(JSON.stringify({ type: 'subscribe', id: String(index), payload: { query } }));
    }
    await until(() => messages.filter(({ type }) => type === 'error').length === queries.length);
    expect(messages.slice(1).every(({ payload }) => JSON.stringify(payload).includes('BAD_REQUEST'))).toBe(true);
    expect(ws.readyState).toBe(WebSocket.OPEN);
    ws.terminate();
  });

  it('bounds the subscriptions of one socket', async () => {
    const many = client();
    const followed = Array.from({ length: 7 }, (_, index) => follow(many, { subjectId: `s-${index}` }));
    await until(() => followed.filter(({ failures }) => failures.length > 0).length === 2);
    await listening(5);
    await subscribed(5);
  });

  it('takes trusted documents by hash', async () => {
    const hash = fixture.server.registerTrustedDocument(HAPPENED);
    const texts: string[] = [];
    client().subscribe<Happened>(
      { query: '', extensions: { persistedQuery: { sha256Hash: hash } } },
      { next: ({ data }) => void (data && texts.push(data.thingHappened.text)), error: () => {}, complete: () => {} },
    );
    await listening(1);
    fixture.events.emit('by hash');
    await until(() => texts.length === 1);
  });
});

describe('ending', () => {
  it('leaves no listener when a client completes', async () => {
    const [one, two] = [follow(client()), follow(client())];
    await subscribed(2);
    one.stop();
    fixture.events.emit('for two');
    await until(() => two.texts.length === 1);
    two.stop();
    await listening(0);
    expect(fixture.server.sockets.groupCount).toBe(0);
  });

  it('leaves no listener after abrupt closes, grouped or alone', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const { ws, messages } = await bare();
        ws.send(
          JSON.stringify({
            type: 'connection_init',
            payload: { authorization: `Bearer key-${index % 2 ? 'personal' : '1'}` },
          }),
        );
        await until(() => messages.length === 1);
        ws.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: HAPPENED } }));
        return ws;
      }),
    );
    await listening(11);
    for (const ws of sockets) ws.terminate();
    await listening(0);
    await until(() => fixture.server.sockets.count === 0 && fixture.server.sockets.groupCount === 0);
    expect(fixture.ended).toHaveLength(20);
    expect(await fixture.server.metrics.registry.getSingleMetricAsString('live_subscriptions')).toMatch(
      /live_subscriptions 0/,
    );
  });

  it('delivers nothing to a revoked key, tells it and closes its socket; the others go on', async () => {
    const revoked = [follow(client('Bearer op-1-a')), follow(client('Bearer op-1-personal'))];
    const kept = follow(client('Bearer op-1-b'));
    await subscribed(3);
    fixture.revoked.add('op-1-a').add('op-1-personal');
    fixture.events.emit('secret');
    await until(() => kept.texts.length === 1 && fixture.server.sockets.count === 1);
    expect(revoked.map(({ texts }) => texts)).toEqual([[], []]);
    expect(JSON.stringify(revoked.map(({ failures }) => failures))).toMatch(/FORBIDDEN.*FORBIDDEN/);
  });

  it('tells whoever makes contexts where a caller is, by either door', async () => {
    const callers: string[] = [];
    const watched = await startFixture({
      contextFor: async ({ kind, address }) => {
        callers.push(`${kind} ${address}`);
        throw new ApiError('UNAUTHENTICATED', 'no');
      },
    });
    await watched.post({ query: '{ __typename }' });
    const socket = new WebSocket(`ws://127.0.0.1:${watched.port}/graphql`, 'graphql-transport-ws');
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(callers).toEqual(['http 127.0.0.1', 'socket 127.0.0.1']);
    await watched.server.drain();
  });

  it('closes the sockets of a key at once', async () => {
    follow(client('Bearer op-1-a'));
    const kept = follow(client('Bearer op-1-b'));
    await subscribed(2);
    expect(fixture.server.sockets.closeWhere((context) => context.key === 'op-1-a', 4403, 'revoked')).toBe(1);
    await until(() => fixture.server.sockets.count === 1);
    fixture.events.emit('still here');
    await until(() => kept.texts.length === 1);
  });

  it('closes with 1001 when the server stops', async () => {
    const { ws, messages, closed } = await bare();
    ws.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer key-1' } }));
    await until(() => messages.length === 1);
    await fixture.server.drain();
    expect(await closed).toMatchObject({ code: 1001 });
  });

  it('cuts off a client that answers no ping', async () => {
    await fixture.server.drain();
    fixture = await startFixture({ live: { pingEveryMs: 240 } });
    const { ws, closed, messages } = await bare();
    ws.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer key-1' } }));
    await until(() => messages.length === 1);
    ws.pause();
    await until(() => fixture.server.sockets.count === 0);
    ws.resume();
    expect(await closed).toMatchObject({ code: 1006 });
  });
});
