import type { FastifyInstance } from 'fastify';
import { putRoute } from '../../src/platform/http/put-route.js';
import { UploadCut } from '../../src/platform/http/upload.js';
import { eventually } from '../support/eventually.js';
import { type Fixture, startFixture } from './support/fixture-server.js';
import { RawRequest } from './support/raw-request.js';

const BYTES_MAX = 3_000_000;

/** What the route saw of bodies, in order. */
const seen: string[] = [];

const routes = (app: FastifyInstance) => {
  const limits = { bytesMax: BYTES_MAX };
  putRoute(
    app,
    '/files/:id',
    async ({ request, content }) => ({ id: (request.params as { id: string }).id, bytes: await bytesOf(content) }),
    limits,
  );
  putRoute(app, '/ignored', async () => ({ ignored: true }), limits);
  putRoute(app, '/slow', ({ content }) => bytesOf(content), { pace: { idleMs: 50, bytesPerSecondMin: 1 } });
  app.post('/beside', async (request) => ({ raw: Buffer.isBuffer(request.body) }));
};

async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  try {
    for await (const chunk of content) {
      if (bytes === 0) seen.push('first bytes');
      bytes += chunk.length;
    }
  } catch (error) {
    seen.push(error instanceof UploadCut ? error.reason : String(error));
    throw error;
  }
  return bytes;
}

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture({ routes });
});
afterAll(() => fixture.server.drain());
beforeEach(() => void seen.splice(0));

async function put(path: string, body: string | ReadableStream | null, type?: string) {
  const headers = type === undefined ? {} : { 'content-type': type };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const request: RequestInit & { duplex: 'half' } = { method: 'PUT', headers, body: bytes, duplex: 'half' };
  const answer = await fetch(`${fixture.url}${path}`, request);
  return { status: answer.status, body: (await answer.json()) as { errors?: { message: string }[] } };
}

/** Without a content-length. */
const stream = (bytes: number) => new Blob(['x'.repeat(bytes)]).stream();

describe('a PUT route', () => {
  it.each(['text/csv', 'Text/CSV; charset=utf-8', 'application/octet-stream', undefined])(
    'hands on a body of type %s, above the limit of all others',
    async (type) => {
      expect(await put('/files/a', 'x'.repeat(BYTES_MAX), type)).toEqual({
        status: 200,
        body: { id: 'a', bytes: BYTES_MAX },
      });
      expect(await put('/files/b', stream(BYTES_MAX), type)).toEqual({
        status: 200,
        body: { id: 'b', bytes: BYTES_MAX },
      });
    },
  );

  it('hands on what there is of it, before its end was sent', async () => {
    const request = new RawRequest(fixture.port, 'PUT /files/a', {}).write('begin');
    await eventually(() => expect(seen).toEqual(['first bytes']));
    request.write('ning').finish();
    expect(await request.answer).toContain('{"id":"a","bytes":9}');
  });

  it('takes an empty one', async () => {
    expect(await put('/files/a', '')).toEqual({ status: 200, body: { id: 'a', bytes: 0 } });
    expect(await put('/files/a', null)).toEqual({ status: 200, body: { id: 'a', bytes: 0 } });
  });

  it.each(['application/json', 'multipart/form-data; boundary=b', 'text/plain', 'application/zip', 'nonsense'])(
    'refuses the type %s, and says which it takes',
    async (type) => {
      const { status, body } = await put('/files/a', 'x', type);
      expect([status, body]).toEqual([
        415,
        {
          errors: [
            {
              message: expect.stringContaining('text/csv or application/octet-stream, or none'),
              extensions: { code: 'BAD_REQUEST' },
            },
          ],
        },
      ]);
      expect(seen).toEqual([]);
    },
  );

  it('refuses what is too large: at once where its length is said, and else when it is', async () => {
    const refusal = {
      status: 413,
      body: {
        errors: [
          { message: expect.stringContaining(`more than ${BYTES_MAX} bytes`), extensions: { code: 'BAD_REQUEST' } },
        ],
      },
    };
    expect(await put('/files/a', 'x'.repeat(BYTES_MAX + 1))).toEqual(refusal);
    expect(seen).toEqual([]);
    expect(await put('/files/a', stream(BYTES_MAX + 1))).toEqual(refusal);
    expect(seen).toEqual(['first bytes', 'TOO_LARGE']);
  });

  it('tells its reader where the connection ends', async () => {
    const request = new RawRequest(fixture.port, 'PUT /files/a', {}).write('half of');
    await eventually(() => expect(seen).toEqual(['first bytes']));
    request.cut();
    await eventually(() => expect(seen).toEqual(['first bytes', 'CUT_OFF']));
  });

  it('does not wait for what does not come', async () => {
    const request = new RawRequest(fixture.port, 'PUT /slow', {}).write('a');
    expect(await request.answer).toMatch(/^HTTP\/1.1 400 [\s\S]*for too long/);
    expect(seen).toEqual(['first bytes', 'CUT_OFF']);
  });

  it('discards what nobody reads, and serves on', async () => {
    expect(await put('/ignored', 'x'.repeat(BYTES_MAX))).toEqual({ status: 200, body: { ignored: true } });
    expect(await put('/files/a', 'abc')).toMatchObject({ status: 200 });
  });

  it('leaves the bodies of the routes beside it alone', async () => {
    const answer = await fetch(`${fixture.url}/beside`, { method: 'POST', body: 'abc' });
    expect(await answer.json()).toEqual({ raw: true });
  });
});
