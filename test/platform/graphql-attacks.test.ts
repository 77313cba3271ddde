import { connect } from 'node:net';
import { type Ground, hostileDocuments, rotatedChains } from '../support/hostile-documents.js';
import { type Fixture, startFixture } from './support/fixture-server.js';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({ introspection: false, rate: { perSecond: 10_000, burst: 10_000 } });
  await fixture.post({ query: '{ hello }' });
});
afterAll(() => fixture.server.drain());

const ground: Ground = {
  inside: (selection) => `{ thing(id: "a") { ${selection} } }`,
  type: 'Thing',
  self: 'parent',
  leaf: 'id',
  cheap: (directives = '', alias = '') => `${alias}hello ${directives}`,
  pages: `{ things(first: 100) { nodes { parts { parts { parts { parts { parts { parts { id } } } } } } } } }`,
  listed: (values) => `{ hello(name: [${values}]) }`,
  misplaced: '{ things(first: MANY) { nodes { id } } }',
};

/** Some of these would take for ever if anything walked them as they ask; how fast they are refused, a bench measures. */
describe('hostile documents are refused plainly, and nothing of them is carried out', () => {
  it.each([...hostileDocuments(ground), ...rotatedChains(ground)])('%s', async (_name, query) => {
    const { status, body, text } = await fixture.post({ query });
    expect(status).toBe(400);
    expect(body.errors?.length).toBeGreaterThan(0);
    expect(body.errors?.every(({ extensions }) => extensions.code === 'BAD_REQUEST')).toBe(true);
    expect(text).not.toMatch(/\bat .*\.[jt]s|stack|Did you mean/);
    expect(body).not.toHaveProperty('data');
    expect((await fixture.post({ query: '{ hello }' })).body).toEqual({ data: { hello: 'hello world' } });
  });

  it('a huge comment is too many bytes, or nothing at all', async () => {
    expect((await fixture.post({ query: `# ${'x'.repeat(90_000)}\n{ hello }` })).status).toBe(200);
    expect((await fixture.post({ query: `# ${'x'.repeat(110_000)}\n{ hello }` })).status).toBe(413);
  });

  it('variables nested ten thousand deep', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const query = 'mutation($input: MakeThingInput!) { makeThing(input: $input) { __typename } }';
    const answer = await fixture.post(
      `{"query":${JSON.stringify(query)},"variables":{"input":{"name":"n","price":{"amount":"1","currency":"USD"},"metadata":${deep}}}}`,
    );
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toContain('stack');
  });
});

describe('hostile requests', () => {
  const send = (init: RequestInit, search = '') =>
    fetch(`${fixture.url}/graphql${search}`, { ...init, headers: { authorization: 'Bearer key-1', ...init.headers } });
  const json = { 'content-type': 'application/json' };

  it('a GET as a foreign page can send it, without a key, is refused', async () => {
    const answer = await fetch(`${fixture.url}/graphql?query={hello}`);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('a subscription by POST is told where subscriptions go', async () => {
    const answer = await send({
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query: 'subscription { thingHappened { text } }' }),
    });
    const text = await answer.text();
    expect(answer.status).toBe(400);
    expect(text).toContain('WebSocket');
  });

  it('a body of 10 MB is 413 in the shape of GraphQL', async () => {
    const answer = await send({
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query: 'x'.repeat(10_000_000) }),
    }).catch(() => null);
    if (answer) {
      expect(answer.status).toBe(413);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    }
    expect((await fixture.post({ query: '{ hello }' })).status).toBe(200);
  });

  it.each([
    ['a batch', { method: 'POST', headers: json, body: '[{"query":"{ hello }"},{"query":"{ hello }"}]' }, '', 400],
    ['broken JSON', { method: 'POST', headers: json, body: '{"query": ' }, '', 400],
    ['no body', { method: 'POST', headers: json }, '', 400],
    [
      'a body that poisons prototypes',
      { method: 'POST', headers: json, body: '{"__proto__": {"query": "{ hello }"}}' },
      '',
      400,
    ],
    ['a query that is a number', { method: 'POST', headers: json, body: '{"query": 5}' }, '', 400],
    [
      'text/plain, which a foreign page may send',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"query":"{ hello }"}' },
      '',
      415,
    ],
    [
      'a form',
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={hello}' },
      '',
      415,
    ],
    [
      'a mutation by GET',
      { method: 'GET', headers: { 'apollo-require-preflight': '1' } },
      '?query=mutation{ping}',
      405,
    ],
    [
      'variables that are not JSON',
      { method: 'GET', headers: { 'apollo-require-preflight': '1' } },
      '?query={hello}&variables={',
      400,
    ],
  ])('%s', async (_name, init, search, status) => {
    const answer = await send(init as RequestInit, search);
    const text = await answer.text();
    expect({ status: answer.status, text }).toMatchObject({ status });
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect(text).not.toMatch(/stack|node_modules/);
  });

  it('a query by GET with the header is answered', async () => {
    const answer = await send({ method: 'GET', headers: { 'apollo-require-preflight': '1' } }, '?query={hello}');
    expect(await answer.json()).toEqual({ data: { hello: 'hello world' } });
  });

  it('bytes that are not HTTP do no harm', async () => {
    const socket = connect(fixture.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('\u0000\u0001 nonsense\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve).resume());
    expect((await fixture.post({ query: '{ hello }' })).status).toBe(200);
  });
});
