import type { OverloadOptions } from '../../src/platform/http/overload.js';
import { eventually } from '../support/eventually.js';
import { type Fixture, startFixture } from './support/fixture-server.js';
import { MemoryEvents } from './support/memory-events.js';

const QUERY = { query: '{ hello }' };
const SERVED = { status: 200, body: { data: { hello: 'hello world' } } };
const TURNED_AWAY = {
  status: 503,
  body: { errors: [{ message: expect.stringContaining('idempotencyKey'), extensions: { code: 'OVERLOADED' } }] },
};

/** A gate that those behind it wait at until it is opened. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

let fixture: Fixture;
let arrived = 0;
const work = { opened: Promise.resolve() };

async function start(overload: OverloadOptions): Promise<void> {
  arrived = 0;
  fixture = await startFixture({
    overload,
    contextFor: async ({ requestId }) => {
      arrived += 1;
      await work.opened;
      return { requestId, key: 'key-1', operatorId: 'op-1', source: new MemoryEvents(), counts: { executions: 0 } };
    },
  });
}
afterEach(() => fixture.server.drain());

/** So many requests that the server has begun with, and that end when the gate is opened. */
async function underWay(count: number) {
  const { open, opened } = gate();
  work.opened = opened;
  const answers = Array.from({ length: count }, () => fixture.post(QUERY));
  await eventually(() => expect(arrived).toBe(count));
  work.opened = Promise.resolve();
  return async () => {
    open();
    return Promise.all(answers);
  };
}

it('turns away what comes while those that are here wait too long, and serves again when they do not', async () => {
  const probe = gate();
  await start({ probe: () => probe.opened, waitMaxMs: 50 });
  const finish = await underWay(40);
  await eventually(async () => expect(await fixture.post(QUERY)).toMatchObject(TURNED_AWAY));
  const { headers } = await fixture.post('not even read');
  expect([headers.get('retry-after'), headers.get('x-request-id')]).toEqual(['1', expect.any(String)]);
  expect((await fetch(`${fixture.url}/healthz`)).status).toBe(200);
  expect(await (await fetch(`${fixture.url}/metrics`)).text()).toMatch(/graphql_errors_total{code="OVERLOADED"} [1-9]/);
  probe.open();
  await eventually(async () => expect(await fixture.post(QUERY)).toMatchObject(SERVED));
  for (const answer of await finish()) expect(answer).toMatchObject(SERVED);
});

it('lets in whoever comes when only few are here, however long they take', async () => {
  const probe = gate();
  let probed = 0;
  const counted = () => {
    probed += 1;
    return probe.opened;
  };
  await start({ probe: counted, waitMaxMs: 0 });
  const finish = await underWay(20);
  expect(await fixture.post(QUERY)).toMatchObject(SERVED);
  expect(probed).toBe(0);
  probe.open();
  await finish();
});

it('waits for a slow payment system, up to a number of requests', async () => {
  await start({ requestsMax: 60, probe: async () => {} });
  const finish = await underWay(60);
  expect(await fixture.post(QUERY)).toMatchObject(TURNED_AWAY);
  for (const answer of await finish()) expect(answer).toMatchObject(SERVED);
  expect(await fixture.post(QUERY)).toMatchObject(SERVED);
});

it('leaves it to requests to find out what is broken', async () => {
  let probed = 0;
  const broken = async () => {
    probed += 1;
    throw new Error('the database is down');
  };
  await start({ probe: broken, waitMaxMs: 50 });
  const finish = await underWay(40);
  await eventually(() => expect(probed).toBeGreaterThan(1));
  expect(await fixture.post(QUERY)).toMatchObject(SERVED);
  await finish();
});
