import type { OverloadOptions } from '../../src/platform/http/overload.js';
import { eventually } from '../support/eventually.js';
import { type Fixture, startFixture } from './support/fixture-server.js';
import { RawRequest } from './support/raw-request.js';

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

type Others = Parameters<typeof startFixture>[0];

let fixture: Fixture;
let arrived = 0;
const work = { opened: Promise.resolve() };

async function start(overload: OverloadOptions, others: Others = {}): Promise<void> {
  arrived = 0;
  fixture = await startFixture({
    overload,
    rate: { perSecond: 1_000, burst: 1_000 },
    // A request is under way until its context has ended.
    onRequestEnd: async () => {
      arrived += 1;
      await work.opened;
    },
    ...others,
  });
}
afterEach(() => fixture.server.drain());

const postFor = (tenant = 'op-1') => fixture.post(QUERY, { authorization: `Bearer key-of-${tenant}` });

/** So many requests that the server has begun with, and that end when the gate is opened. */
async function underWay(count: number, tenants: readonly string[] = ['op-1', 'op-2', 'op-3', 'op-4']) {
  const { open, opened } = gate();
  work.opened = opened;
  const answers = Array.from({ length: count }, (_, index) => postFor(tenants[index % tenants.length]));
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

it('serves others while one tenant has its share under way, which it is told', async () => {
  await start({ requestsMax: 60, probe: async () => {} });
  const finish = await underWay(15, ['op-1']);
  const refused = await postFor('op-1');
  expect(refused).toMatchObject({ ...TURNED_AWAY, body: { errors: [{ extensions: { retryAfterSeconds: 1 } }] } });
  expect([refused.body.errors?.[0]?.message, refused.headers.get('retry-after')]).toEqual([
    expect.stringContaining('your share'),
    '1',
  ]);
  work.opened = Promise.resolve();
  expect(await postFor('op-2')).toMatchObject(SERVED);
  for (const answer of await finish()) expect(answer).toMatchObject(SERVED);
  expect(await postFor('op-1')).toMatchObject(SERVED);
});

it.each([
  ['a file', 'multipart/form-data; boundary=b', '--b\r\n'],
  ['JSON', 'application/json', '{"query":'],
])('waits for no end of the body of %s that it has turned away', async (_, type, beginning) => {
  const uploads = { pace: { idleMs: 200, bytesPerSecondMin: 1 } };
  await start({ requestsMax: 4, probe: async () => {} }, { uploads, bodyMaxMs: 200 });
  const finish = await underWay(4);
  const headers = { 'content-type': type, connection: 'keep-alive', authorization: 'Bearer key-of-op-5' };
  const endless = new RawRequest(fixture.port, 'POST /graphql', headers).write(beginning);
  const more = setInterval(() => endless.write('x'), 20);
  expect(await endless.answer).toMatch(/^HTTP\/1.1 503 /);
  clearInterval(more);
  await finish();
});
