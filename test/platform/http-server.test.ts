import { once } from 'node:events';
import type { Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { eventually } from '../support/eventually.js';
import { startFixture } from './support/fixture-server.js';
import { RawRequest } from './support/raw-request.js';

describe('health', () => {
  it('names what fails and recovers', async () => {
    let broken = true;
    const readiness = {
      database: async () => {
        if (broken) throw new Error('password of the database');
      },
      jobs: async () => {},
    };
    const { server, url } = await startFixture({ readiness });
    const ready = () =>
      fetch(`${url}/readyz`).then(async (answer) => ({ status: answer.status, body: await answer.json() }));
    expect(await ready()).toEqual({ status: 503, body: { status: 'not ready', failing: ['database'] } });
    broken = false;
    expect(await ready()).toEqual({ status: 200, body: { status: 'ready', failing: [] } });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await server.drain();
  });
});

describe('whoever asks', () => {
  const addressSeen = async (trustedProxies: readonly string[], forwardedFor: string) => {
    const routes = (app: FastifyInstance) => void app.get('/address', (request) => ({ address: request.ip }));
    const { server, url } = await startFixture({ trustedProxies, routes });
    const answer = await fetch(`${url}/address`, { headers: { 'x-forwarded-for': forwardedFor } });
    const { address } = (await answer.json()) as { address: string };
    await server.drain();
    return address;
  };

  it('is whoever connects, unless a proxy that is believed speaks for them', async () => {
    expect(await addressSeen([], '192.0.2.1')).toBe('127.0.0.1');
    expect(await addressSeen(['10.0.0.0/8'], '192.0.2.1')).toBe('127.0.0.1');
    expect(await addressSeen(['127.0.0.1', '10.0.0.0/8'], '192.0.2.1, 10.0.0.7')).toBe('192.0.2.1');
    // What a client wrote there itself stands before what the proxy saw.
    expect(await addressSeen(['127.0.0.0/8'], '198.51.100.9, 192.0.2.1')).toBe('192.0.2.1');
  });
});

describe('metrics, 404, explorer', () => {
  const explorerExamples = [
    { title: 'Read an order', document: 'query OrderById { hello }', variables: { id: 'ord_1' } },
    { title: 'Say </script><script>alert(1)</script>', document: 'mutation CreateOrder { ping }' },
  ];

  it('serves counts', async () => {
    const { server, url, post } = await startFixture();
    await post({ query: '{ hello }' });
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
      /graphql_request_seconds_count\{door="query-text"\} 1/,
    );
    await server.drain();
  });

  it('answers 404 as JSON', async () => {
    const { server, url } = await startFixture();
    const answer = await fetch(`${url}/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    expect((await fetch(`${url}/graphiql`)).status).toBe(404);
    await server.drain();
  });

  it('serves the explorer from this server alone, with its examples', async () => {
    const { server, url } = await startFixture({ explorerExamples });
    const page = await fetch(`${url}/graphiql`);
    const html = await page.text();
    expect(html).toContain('query OrderById');
    expect(html).toContain('Bearer <key>');
    expect(html).not.toMatch(/https?:\/\/(?!localhost)[^"'\s]*\.js/);
    expect(html).not.toContain('<script>alert');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const [, script = ''] = /href="([^"]+ruru\.js)"/.exec(html) ?? [];
    expect((await fetch(`${url}${script}`)).headers.get('content-type')).toContain('javascript');
    expect((await fetch(`${url}/graphiql/static/../../package.json`)).status).toBe(404);
    await server.drain();
  });
});

describe('a request that no route can answer', () => {
  const pages = (app: FastifyInstance) => {
    app.get('/pay/*', async () => 'a page');
    app.get('/things/:id', async () => 'a thing');
  };
  const PAN = '4000056655665556';

  it.each([
    ['a % of nothing', `/pay/%E0%A4%A/${PAN}`, 400],
    ['nothing there', `/nothing/${PAN}`, 404],
    ['a long part', `/things/${'x'.repeat(8_900)}${PAN}`, 414],
    ['a long rest', `/pay/${'x'.repeat(8_900)}${PAN}`, null],
  ])('is refused in words of ours, without what was sent: %s', async (_name, path, status) => {
    const { server, url } = await startFixture({ routes: pages });
    const answer = await fetch(`${url}${path}`, { headers: { 'x-request-id': PAN } });
    const text = await answer.text();
    if (status !== null) {
      expect(JSON.parse(text)).toEqual({
        errors: [{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }],
      });
      expect(answer.status).toBe(status);
    }
    expect(text + JSON.stringify([...answer.headers])).not.toMatch(/4000|xxxx|%E0|FST_|param|url component/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    await server.drain();
  });

  it.each([
    ['{"query":"{ hello }","variables":{"a":{"__proto__":{"x":1}}}}', 'the key "__proto__", which is not accepted'],
    ['{"query":"{ hello }","variables":{"constructor":{"prototype":{}}}}', 'the key "constructor" with "prototype"'],
    ['{"query":', 'The body is not valid JSON.'],
    ['', 'The body is empty'],
  ])('says what is wrong with its body: %s', async (body, words) => {
    const { server, post } = await startFixture();
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ extensions: { code: 'BAD_REQUEST' } }] } });
    expect(answer.body.errors?.[0]?.message).toContain(words);
    await server.drain();
  });

  it('is ended where its body takes too long', async () => {
    const { server, port } = await startFixture({ bodyMaxMs: 50 });
    const headers = { 'content-type': 'application/json', authorization: 'Bearer key-1' };
    const request = new RawRequest(port, 'POST /graphql', headers).write('{"query":');
    expect(await request.answer).toMatch(/^HTTP\/1.1 408 /);
    await server.drain();
  });

  it('is told of its content-type without the type that it named', async () => {
    const { server, post } = await startFixture();
    const answer = await post('{}', { 'content-type': `text/x-${PAN}` });
    expect([answer.status, answer.text]).toEqual([415, expect.not.stringContaining('4000')]);
    await server.drain();
  });
});

describe("features' routes", () => {
  const routes = (app: FastifyInstance) => {
    app.post('/webhooks/stripe/:id', async (request) => ({
      raw: Buffer.isBuffer(request.body),
      text: String(request.body).slice(0, 20),
    }));
  };

  it('get the bytes that were sent, of any type, up to 1 MB', async () => {
    const { server, url } = await startFixture({ routes });
    const send = (body: string, type = 'application/json') =>
      fetch(`${url}/webhooks/stripe/a`, { method: 'POST', headers: { 'content-type': type }, body });
    expect(await (await send('{"a" :1}')).json()).toEqual({ raw: true, text: '{"a" :1}' });
    expect(await (await send('a=1', 'application/x-www-form-urlencoded')).json()).toEqual({ raw: true, text: 'a=1' });
    expect((await send('x'.repeat(900_000))).status).toBe(200);
    expect((await send('x'.repeat(1_100_000))).status).toBe(413);
    await server.drain();
  });
});

describe('starting and stopping', () => {
  it('tells which setting to change when the port is taken', async () => {
    const { server, port } = await startFixture();
    await expect(startFixture({}, port)).rejects.toThrow(`Port ${port} is already in use`);
    await expect(startFixture({}, port)).rejects.toThrow('set PORT');
    await server.drain();
  });

  it('answers what is in flight, takes nothing new, and is gone', async () => {
    const { server, url, post } = await startFixture();
    const slow = post({ query: '{ slow(ms: 1000) }' });
    await inFlight(server.app.server);
    // Far longer than the test may take: it has to be gone because it is done, not because time is up.
    const drained = server.drain(600_000);
    await eventually(() => expect(fetch(`${url}/healthz`)).rejects.toThrow());
    expect((await slow).body).toEqual({ data: { slow: 'done' } });
    await drained;
  });

  it('says that it is not ready while it still takes requests, and ends kept connections with their answers', async () => {
    const { server, url, post } = await startFixture();
    const drained = server.drain(3_000, 2_000);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    const answer = await post({ query: '{ hello }' });
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    await drained;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('does not wait longer than told', async () => {
    const { server, post } = await startFixture();
    const slow = post({ query: '{ slow(ms: 600000) }' }).catch(() => 'cut off');
    await inFlight(server.app.server);
    await server.drain(300);
    expect(await slow).toBe('cut off');
  });
});

/** A request that the server has begun to read; what it has not would be turned away, not finished. */
async function inFlight(server: Server): Promise<void> {
  await once(server, 'request');
  // Beyond authentication, into the field that takes its time.
  await new Promise((resolve) => setTimeout(resolve, 100));
}
