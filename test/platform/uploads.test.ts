import { createHash } from 'node:crypto';
import { eventually } from '../support/eventually.js';
import { type Fixture, startFixture } from './support/fixture-server.js';
import { RawRequest } from './support/raw-request.js';
import { seen, uploadSchema } from './support/upload-schema.js';

const SEND = 'mutation Send($input: SendFileInput!) { sendFile(input: $input) { fileName contentType bytes begins } }';
const IGNORE = 'mutation Ignore($file: Upload!) { ignoreFile(file: $file) }';
const OPERATIONS = { query: SEND, variables: { input: { file: null } } };
const MAP = { 0: ['variables.input.file'] };
const BYTES_MAX = 1_000_000;

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({
    schema: await uploadSchema(),
    trustedDocuments: [SEND],
    uploads: { bytesMax: BYTES_MAX },
  });
});
afterAll(() => fixture.server.drain());
beforeEach(() => void seen.splice(0));

type Part = readonly [name: string, value: string | Blob];

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const csv = (content: string) => new File([content], 'rows.csv', { type: 'text/csv' });
const partsOf = (operations: unknown, map: unknown, ...files: Part[]): Part[] => [
  ['operations', text(operations)],
  ['map', text(map)],
  ...files,
];

async function send(parts: readonly Part[], headers: Record<string, string> = {}, { url } = fixture) {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value as string);
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-1', 'apollo-require-preflight': '1', ...headers },
    body: form,
  });
  const body = (await answer.json()) as Answer;
  return { status: answer.status, body, message: body.errors?.[0]?.message, code: body.errors?.[0]?.extensions.code };
}

interface Answer {
  readonly data?: { readonly sendFile: unknown } | null;
  readonly errors?: readonly { message: string; extensions: { code: string } }[];
}

describe('a file in a multipart request', () => {
  it('reaches its resolver as a stream, with its name and type', async () => {
    const { status, body } = await send(partsOf(OPERATIONS, MAP, ['0', csv('a,b\n1,ü\n')]));
    expect(body).toEqual({
      data: { sendFile: { fileName: 'rows.csv', contentType: 'text/csv', bytes: 9, begins: 'a,b\n1,ü\n' } },
    });
    expect(status).toBe(200);
  });

  it('may be of any name and type, and its operations JSON by type or as a file', async () => {
    const operations = new Blob([JSON.stringify(OPERATIONS)], { type: 'application/json' });
    const { body } = await send([
      ['operations', operations],
      ['map', JSON.stringify({ x: MAP[0] })],
      ['x', new Blob(['a'])],
    ]);
    expect(body.data?.sendFile).toMatchObject({ bytes: 1, contentType: 'application/octet-stream' });
  });

  it.each([
    ['extensions', { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf(SEND) } } }],
    ['documentId', { documentId: `sha256:${hashOf(SEND)}` }],
  ])('goes with a trusted document by its hash in %s', async (_name, named) => {
    const { body } = await send(partsOf({ ...named, variables: OPERATIONS.variables }, MAP, ['0', csv('abc')]));
    expect(body.data?.sendFile).toMatchObject({ bytes: 3 });
  });

  it('may have exactly as many bytes as are accepted, and arrives before its end was sent', async () => {
    const { body } = await send(partsOf(OPERATIONS, MAP, ['0', csv('x'.repeat(BYTES_MAX))]));
    expect(body.data?.sendFile).toMatchObject({ bytes: BYTES_MAX });
    seen.splice(0);

    const request = begun(`${ENVELOPE}beginning`);
    await eventually(() => expect(seen).toEqual(['opened', 'first bytes']));
    request.write('-end\r\n--b--\r\n').finish();
    expect(await request.answer).toContain('"begins":"beginning-end"');
  });
});

describe('a multipart request is refused', () => {
  const file: Part = ['0', csv('a,b\n')];

  it.each<[string, readonly Part[], string]>([
    [
      '`map` before `operations`',
      [['map', text(MAP)], ['operations', text(OPERATIONS)], file],
      '`operations` is missing, or not in its place',
    ],
    [
      'the file before `map`',
      [['operations', text(OPERATIONS)], file, ['map', text(MAP)]],
      '`map` is missing, or not in its place',
    ],
    ['no operations', [['map', text(MAP)], file], '`operations` is missing'],
    ['no map', [['operations', text(OPERATIONS)], file], '`map` is missing'],
    ['no file', partsOf(OPERATIONS, MAP), 'the file is missing'],
    ['nothing at all', [], '`operations` is missing'],
    ['operations twice', [['operations', text(OPERATIONS)], ...partsOf(OPERATIONS, MAP, file)], '`map` is missing'],
    ['operations that are no JSON', partsOf('{"query":', MAP, file), '`operations`: The body is not valid JSON'],
    ['operations with a key over the prototype', partsOf('{"__proto__":{}}', MAP, file), 'the key "__proto__"'],
    ['operations that are a text', partsOf('"a"', MAP, file), '`operations` must be an object'],
    ['a batch', partsOf([OPERATIONS], { 0: ['0.variables.input.file'] }, file), 'batches are not accepted'],
    [
      'operations beyond their limit',
      partsOf({ ...OPERATIONS, x: 'x'.repeat(100_000) }, MAP, file),
      'more than 100000 bytes',
    ],
    [
      'operations and map beyond their limit',
      partsOf({ ...OPERATIONS, x: 'x'.repeat(60_000) }, { ...MAP, x: 'x'.repeat(60_000) }, file),
      'more than 100000 bytes',
    ],
    ['a map that is no object', partsOf(OPERATIONS, '[]', file), '`map` must have one entry'],
    [
      'a map of two files',
      partsOf(OPERATIONS, { ...MAP, 1: ['variables.input.others.0'] }, file),
      '`map` must have one entry',
    ],
    ['a file in two places', partsOf(OPERATIONS, { 0: [MAP[0][0], MAP[0][0]] }, file), 'belongs in one place'],
    ['a file in no place', partsOf(OPERATIONS, { 0: [] }, file), 'belongs in one place'],
    ['a map to no variable', partsOf(OPERATIONS, { 0: ['query'] }, file), 'begins with "variables."'],
    ['a map to all variables', partsOf(OPERATIONS, { 0: ['variables'] }, file), 'begins with "variables."'],
    [
      'a map to what is not there',
      partsOf(OPERATIONS, { 0: ['variables.input.files'] }, file),
      'variable, or a part of one, that is null',
    ],
    ['a map to what every object has', partsOf(OPERATIONS, { 0: ['variables.__proto__.file'] }, file), 'that is null'],
    [
      'a map to what has a value',
      partsOf({ ...OPERATIONS, variables: { input: { file: 'x' } } }, MAP, file),
      'that is null',
    ],
    [
      'a file that the map does not name',
      partsOf(OPERATIONS, MAP, ['1', csv('a')]),
      '`map` must name the part that the file is',
    ],
    [
      'a part whose name every object has',
      partsOf(OPERATIONS, MAP, ['constructor', csv('a')]),
      'a name that is not accepted',
    ],
    ['no document', partsOf({ variables: OPERATIONS.variables }, MAP, file), 'non-empty `query`'],
    [
      'a hash of no document',
      partsOf({ documentId: 'abc', variables: OPERATIONS.variables }, MAP, file),
      'unknown trusted document',
    ],
    [
      'a document that fails the check',
      partsOf({ ...OPERATIONS, query: 'mutation { nothing }' }, MAP, file),
      'Cannot query field',
    ],
    [
      'two mutations',
      partsOf(
        {
          ...OPERATIONS,
          query:
            'mutation($input: SendFileInput!) { a: sendFile(input: $input) { bytes } b: sendFile(input: $input) { bytes } }',
        },
        MAP,
        file,
      ),
      'One mutation per request',
    ],
  ])('with %s', async (_name, parts, words) => {
    const { status, code, message } = await send(parts);
    expect(message).toContain(words);
    expect([status, code]).toEqual([400, 'BAD_REQUEST']);
    expect(seen).toEqual([]);
  });

  it('with two files: what was read of the first is undone', async () => {
    const { code, message, body } = await send(partsOf(OPERATIONS, MAP, file, ['1', csv('b')]));
    expect([code, body.data ?? null]).toEqual(['BAD_REQUEST', null]);
    expect(message).toContain('another part follows');
    expect(seen).toEqual(['opened', 'first bytes', expect.stringContaining('another part')]);
  });

  it('without a header that a foreign page cannot send, before anybody is looked up', async () => {
    const { status, message } = await send(partsOf(OPERATIONS, MAP, file), {
      'apollo-require-preflight': '',
      authorization: 'Bearer bad',
    });
    expect([status, message]).toEqual([400, expect.stringContaining('Blocked as a possible cross-site request')]);
    expect(
      (
        await send(partsOf(OPERATIONS, MAP, file), {
          'apollo-require-preflight': '',
          'x-apollo-operation-name': 'Send',
        })
      ).status,
    ).toBe(200);
  });

  it('without a key, before anything of it has come', async () => {
    const request = begun('--b\r\n', { authorization: 'Bearer bad' }).finish();
    expect(await request.answer).toMatch(/^HTTP\/1.1 401 [\s\S]*"UNAUTHENTICATED"/);
  });

  it('over the rate of its key', async () => {
    const limited = await startFixture({ schema: await uploadSchema(), rate: { perSecond: 0.001, burst: 1 } });
    const parts = partsOf(OPERATIONS, MAP, file);
    expect((await send(parts, {}, limited)).status).toBe(200);
    expect(await send(parts, {}, limited)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    await limited.server.drain();
  });

  it('without a boundary', async () => {
    const answer = await fetch(`${fixture.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'multipart/form-data',
        'apollo-require-preflight': '1',
        authorization: 'Bearer key-1',
      },
      body: 'x',
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('no boundary')]);
  });
});

describe('a file that does not arrive', () => {
  it('is cut off where the connection ends', async () => {
    const request = begun(`${ENVELOPE}half of`);
    await eventually(() => expect(seen).toContain('first bytes'));
    request.cut();
    await eventually(() => expect(seen).toEqual(['opened', 'first bytes', 'CUT_OFF']));
  });

  it.each([
    ['in the middle of the file', 'half of it'],
    ['with the file, but without its last boundary', 'all of it\r\n--b'],
  ])('is cut off where the body ends %s', async (_name, rest) => {
    const request = begun(`${ENVELOPE}${rest}`).finish();
    expect(await request.answer).toMatch(/^HTTP\/1.1 200 [\s\S]*its end is missing.*"code":"BAD_REQUEST"/);
    expect(seen).toEqual(['opened', 'first bytes', 'CUT_OFF']);
  });

  it('is cut off in its operations', async () => {
    const request = begun(ENVELOPE.slice(0, 100)).finish();
    expect(await request.answer).toMatch(/^HTTP\/1.1 400 [\s\S]*its end is missing.*"code":"BAD_REQUEST"/);
    expect(seen).toEqual([]);
  });

  it('is too large: said at once where its length is, and else when it is', async () => {
    const known = await send(partsOf(OPERATIONS, MAP, ['0', csv('x'.repeat(BYTES_MAX + 200_000))]));
    expect(known).toMatchObject({
      status: 413,
      code: 'BAD_REQUEST',
      message: expect.stringContaining('more than 1000000 bytes'),
    });
    expect(seen).toEqual([]);
    const found = await send(partsOf(OPERATIONS, MAP, ['0', csv('x'.repeat(BYTES_MAX + 1))]));
    expect(found).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('more than 1000000 bytes') });
    expect(seen).toEqual(['opened', 'first bytes', 'TOO_LARGE']);
  });

  it.each([
    ['nothing comes', { idleMs: 50, bytesPerSecondMin: 1 }],
    ['too little comes', { idleMs: 200, bytesPerSecondMin: 1_000_000 }],
  ])('is cut off where %s', async (_name, pace) => {
    const slow = await startFixture({ schema: await uploadSchema(), uploads: { pace } });
    const request = begun(`${ENVELOPE}a`, {}, slow);
    const drip = setInterval(() => pace.idleMs > 50 && request.write('b'), 20);
    expect(await request.answer).toMatch(/nothing, or too little, was sent for too long/);
    clearInterval(drip);
    expect(seen).toEqual(['opened', 'first bytes', 'CUT_OFF']);
    await slow.server.drain(1);
  });

  it('is not waited for where even its operations do not come', async () => {
    const slow = await startFixture({
      schema: await uploadSchema(),
      uploads: { pace: { idleMs: 50, bytesPerSecondMin: 1 } },
    });
    expect(await begun('--b\r\n', {}, slow).answer).toMatch(/^HTTP\/1.1 400 [\s\S]*for too long/);
    await slow.server.drain(1);
  });
});

describe('a file that nobody reads', () => {
  it.each([
    ['at all', IGNORE, { file: null }, { 0: ['variables.file'] }],
    ['to its end', SEND, { input: { file: null, readMax: 1 } }, MAP],
  ])('%s is discarded, and the answer is given', async (_name, query, variables, map) => {
    const parts = partsOf({ query, variables }, map, ['0', csv('x'.repeat(900_000))]);
    expect((await send(parts)).status).toBe(200);
    // The same connection still serves.
    expect((await send(partsOf(OPERATIONS, MAP, ['0', csv('abc')]))).body.data?.sendFile).toMatchObject({ bytes: 3 });
  });
});

describe('Upload', () => {
  it.each([
    ['a text in its variable', { query: IGNORE, variables: { file: 'rows.csv' } }],
    [
      'an object that looks like one',
      { query: IGNORE, variables: { file: { fileName: 'a', contentType: 'b', content: [] } } },
    ],
    ['a literal in the document', { query: 'mutation { ignoreFile(file: "rows.csv") }' }],
  ])('as JSON is refused with how to send it: %s', async (_name, body) => {
    const answer = await fixture.post(body);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        errors: [
          { message: expect.stringContaining('a part of a multipart request'), extensions: { code: 'BAD_REQUEST' } },
        ],
      },
    });
  });
});

function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}

const HEADERS = {
  authorization: 'Bearer key-1',
  'apollo-require-preflight': '1',
  'content-type': 'multipart/form-data; boundary=b',
};

function begun(beginning: string, headers: Readonly<Record<string, string>> = {}, { port } = fixture): RawRequest {
  return new RawRequest(port, 'POST /graphql', { ...HEADERS, ...headers }).write(beginning);
}

/** A body as far as the first byte of the file. */
const ENVELOPE = [
  ...partsOf(OPERATIONS, MAP).map(
    ([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  ),
  '--b\r\ncontent-disposition: form-data; name="0"; filename="a.csv"\r\ncontent-type: text/csv\r\n\r\n',
].join('');
