import { createHash } from 'node:crypto';
import { type Fixture, startFixture } from './support/fixture-server.js';
import { parsed } from './support/parsed.js';

const THING = 'query Thing($id: ID!) { thing(id: $id) { id price { amount currency minorUnits } } }';
const MAKE =
  'mutation Make($input: MakeThingInput!) { makeThing(input: $input) { __typename ... on MakeThingPayload { thing { id price { amount } } } ... on Problem { code message retryable issues { path message } } } }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({ trustedDocuments: [THING, MAKE], combinableMutations: ['ping'] });
});
afterAll(() => fixture.server.drain());

describe('POST /graphql', () => {
  it('answers a query and carries the request id through', async () => {
    const answer = await fixture.post({ query: THING, variables: { id: 'a' } }, { 'x-request-id': 'mine-1' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      data: { thing: { id: 'a', price: { amount: '1.00', currency: 'USD', minorUnits: '100' } } },
    });
    expect(answer.headers.get('x-request-id')).toBe('mine-1');
    expect(fixture.ended).toContain('mine-1');
  });

  it('answers a mutation with its payload or a Problem that lists every fault', async () => {
    const good = await fixture.post({
      query: MAKE,
      variables: { input: { name: 'n', price: { amount: '10.5', currency: 'USD' } } },
    });
    expect(good.body.data).toEqual({
      makeThing: { __typename: 'MakeThingPayload', thing: { id: 'n', price: { amount: '10.50' } } },
    });

    const bad = await fixture.post({
      query: MAKE,
      variables: { input: { name: '', price: { amount: '1.234', currency: 'USD' } } },
    });
    expect(bad.body.data).toMatchObject({
      makeThing: {
        __typename: 'Problem',
        code: 'INVALID_INPUT',
        retryable: false,
        issues: [{ path: ['name'] }, { path: ['price', 'amount'] }],
      },
    });
  });

  it('tells to quote a Decimal', async () => {
    const { status, body } = await fixture.post({
      query: 'mutation { makeThing(input: {name: "n", price: {amount: 10.5, currency: "USD"}}) { __typename } }',
    });
    expect(status).toBe(400);
    expect(body.errors?.[0]).toMatchObject({
      message: expect.stringContaining('in quotes'),
      extensions: { code: 'BAD_REQUEST' },
    });
  });

  it('hides a bug behind its request id and logs it without secrets', async () => {
    const { status, body, text } = await fixture.post(
      { query: THING, variables: { id: 'bug' } },
      { 'x-request-id': 'bug-1' },
    );
    expect(status).toBe(200);
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL', requestId: 'bug-1' });
    expect(body.errors?.[0]?.path).toEqual(['thing']);
    expect(text).not.toMatch(/secret detail|sk_live|\.ts:\d/);
    const line = fixture.logLines.find((each) => each.includes('bug-1'));
    expect(line).toContain('secret detail');
    expect(line).not.toContain('abcdefgh1234');
  });

  it("answers a query's refusal as BAD_REQUEST with its issues, and a field that is not allowed as FORBIDDEN", async () => {
    const refused = await fixture.post({ query: THING, variables: { id: 'refused' } });
    expect(refused.body.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_REQUEST',
      issues: [{ path: ['id'], message: 'is refused' }],
    });
    const forbidden = await fixture.post({ query: '{ forbidden }' });
    expect(forbidden).toMatchObject({
      status: 200,
      body: { data: { forbidden: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    });
  });

  it('answers 401 without a key and 500 when keys cannot be looked up', async () => {
    expect(await fixture.post({ query: '{ hello }' }, { authorization: 'Bearer bad' })).toMatchObject({
      status: 401,
      body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
    });
    const broken = await fixture.post({ query: '{ hello }' }, { authorization: 'Bearer broken' });
    expect(broken).toMatchObject({ status: 500, body: { errors: [{ extensions: { code: 'INTERNAL' } }] } });
    expect(broken.text).not.toContain('database');
  });

  it('pages by cursor, without a gap or a repeat', async () => {
    const query =
      'query($after: String) { things(first: 20, after: $after) { nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor } } }';
    const seen: string[] = [];
    let after: string | null = null;
    for (let pages = 0; pages < 5; pages += 1) {
      const { body } = await fixture.post({ query, variables: { after } });
      const things = parsed<{ nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }>(
        body.data?.things,
      );
      seen.push(...things.nodes.map(({ id }) => id));
      after = things.pageInfo.endCursor;
      if (!things.pageInfo.hasNextPage) break;
    }
    expect(seen).toHaveLength(45);
    expect(new Set(seen).size).toBe(45);
  });

  it.each([
    ['things(first: 101)', 'first'],
    ['things(first: 0)', 'first'],
    ['things(after: "nonsense")', 'after'],
    ['things(after: "MTpib2d1cyE")', 'after'],
  ])('refuses %s naming %s', async (field, name) => {
    const { body } = await fixture.post({ query: `{ ${field} { nodes { id } } }` });
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: [name] }] });
  });

  it('takes one mutation per request, beside those that may be combined', async () => {
    const one = 'makeThing(input: {name: "n", price: {amount: "1", currency: "USD"}}) { __typename }';
    const two = await fixture.post({ query: `mutation { a: ${one} b: ${one} }` });
    expect(two).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining('One mutation per request') }] },
    });
    const hidden = await fixture.post({
      query: `mutation { ...A ...B } fragment A on Mutation { a: ${one} } fragment B on Mutation { b: ${one} }`,
    });
    expect(hidden.status).toBe(400);
    expect(await fixture.post({ query: 'mutation { a: ping b: ping }' })).toMatchObject({ status: 200 });
  });

  it('never repeats a card number that a client put in the wrong place', async () => {
    const { text } = await fixture.post({
      query: MAKE,
      variables: { input: { name: 'n', number: '4242424242424242' } },
    });
    expect(text).not.toContain('4242424242424242');
    expect(text).toContain('[card number]');
  });
});

describe('without a key', () => {
  const post = (query: string, to = fixture) =>
    fetch(`${to.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });

  it('the schema can be read where introspection is on, and nothing beside it', async () => {
    expect(await (await post('{ __schema { queryType { name } } }')).json()).toEqual({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
    expect((await post('{ __typename hello }')).status).toBe(401);
    expect((await post('{ __schema { queryType { name } } ...F } fragment F on Query { hello }')).status).toBe(401);
  });

  it('nothing can be read where introspection is off', async () => {
    const closed = await startFixture({ introspection: false });
    expect((await post('{ __schema { queryType { name } } }', closed)).status).toBe(401);
    await closed.server.drain();
  });
});

describe('trusted documents', () => {
  it('are executed by hash, in either spelling', async () => {
    const expected = { data: { thing: { id: 'a', price: { amount: '1.00', currency: 'USD', minorUnits: '100' } } } };
    const byId = await fixture.post({ documentId: `sha256:${hashOf(THING)}`, variables: { id: 'a' } });
    expect(byId).toMatchObject({ status: 200, body: expected });
    const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(THING) } };
    expect((await fixture.post({ extensions, variables: { id: 'a' } })).body).toEqual(expected);
  });

  it('answer the same errors as texts do', async () => {
    const answers = await Promise.all(
      [{ query: THING }, { documentId: `sha256:${hashOf(THING)}` }].flatMap((which) =>
        ['bug', 'refused'].map((id) => fixture.post({ ...which, variables: { id } }, { 'x-request-id': 'same' })),
      ),
    );
    const plain = answers.map(({ status, body }) => ({
      status,
      data: body.data,
      errors: body.errors?.map(({ message, path, extensions }) => ({ message, path, extensions })),
    }));
    expect(plain.slice(2)).toEqual(plain.slice(0, 2));
  });

  it('answer unions and Problems', async () => {
    const documentId = hashOf(MAKE);
    const bad = await fixture.post({
      documentId,
      variables: { input: { name: '', price: { amount: '1', currency: 'USD' } } },
    });
    expect(bad.body.data).toMatchObject({
      makeThing: { __typename: 'Problem', code: 'INVALID_INPUT', issues: [{ path: ['name'] }] },
    });
  });

  it('refuse bad variables with 400', async () => {
    const answer = await fixture.post({ documentId: hashOf(THING), variables: {} });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] } });
  });

  it('refuse an unknown hash, also one that is not text', async () => {
    expect(await fixture.post({ documentId: hashOf('other') })).toMatchObject({
      status: 400,
      body: { errors: [{ message: expect.stringContaining('unknown trusted document') }] },
    });
    expect(await fixture.post({ extensions: { persistedQuery: { sha256Hash: 5 } } })).toMatchObject({ status: 400 });
  });

  it('are registered while running, but only what passes the check', async () => {
    const hash = fixture.server.registerTrustedDocument('{ hello(name: "you") }');
    expect((await fixture.post({ documentId: hash })).body).toEqual({ data: { hello: 'hello you' } });
    expect(() => fixture.server.registerTrustedDocument('{ nothing }')).toThrow(/cannot be trusted/);
  });

  it('are queries only by GET; the key itself is a header that no foreign page can send', async () => {
    const get = (hash: string, headers: Record<string, string>) =>
      fetch(`${fixture.url}/graphql?documentId=${hash}&variables=${encodeURIComponent('{"id":"a"}')}`, {
        headers: { authorization: 'Bearer key-1', ...headers },
      });
    expect((await get(hashOf(THING), {})).status).toBe(200);
    expect((await get(hashOf(THING), { 'apollo-require-preflight': '1' })).status).toBe(200);
    expect((await get(hashOf(MAKE), { 'apollo-require-preflight': '1' })).status).toBe(405);
  });
});

describe('rates', () => {
  it('are limited per key, with the time to wait', async () => {
    const limited = await startFixture({ rate: { perSecond: 1, burst: 3 } });
    const answers = await Promise.all(Array.from({ length: 5 }, () => limited.post({ query: '{ hello }' })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.body.errors?.[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: expect.any(Number),
    });
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await limited.post({ query: '{ hello }' }, { authorization: 'Bearer other' })).status).toBe(200);
    await limited.server.drain();
  });
});
