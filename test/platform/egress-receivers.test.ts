import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Egress } from '../../src/platform/egress/egress.js';
import type { EgressAnswer, EgressOutcome } from '../../src/platform/egress/egress-answer.js';
import { eventually } from '../support/eventually.js';
import { SHOP_CERTIFICATE } from './egress-certificate.js';
import { answers, type Behaviour, dripping, endlessly, Receiver, writes } from './egress-receivers.js';

const REQUEST = { headers: { 'content-type': 'application/json' }, body: '{}' };
const OK_HEAD = 'HTTP/1.1 200 OK\r\n';
/** Long enough for a loaded machine to answer what is answered, short enough to wait for what is not. */
const PATIENT_MS = 10_000;
const SHORT_MS = 300;

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

async function aReceiver(...[options]: Parameters<typeof Receiver.start>): Promise<Receiver> {
  const receiver = await Receiver.start(options);
  ending.push(() => receiver.stop());
  return receiver;
}

function anEgress(options: Partial<ConstructorParameters<typeof Egress>[0]> = {}): Egress {
  const egress = new Egress({ privateAllowed: true, deadlineMs: PATIENT_MS, ...options });
  ending.push(() => egress.stop());
  return egress;
}

const told = ({ outcome, status, isOk }: EgressAnswer) => [outcome, status, isOk];

/** What is told of one post to such a receiver, of which nothing may be left. */
async function outcomeOf(onRequest: Behaviour, deadlineMs = PATIENT_MS): Promise<unknown[]> {
  const [receiver, egress] = [await aReceiver({ onRequest }), anEgress({ deadlineMs })];
  const answer = await egress.post({ url: receiver.url(), ...REQUEST });
  expect(Object.keys(answer).sort()).toEqual(['durationMs', 'isOk', 'outcome', 'status']);
  expect(Number.isInteger(answer.durationMs) && answer.durationMs >= 0).toBe(true);
  expect(egress.connections.inUse).toBe(0);
  egress.stop();
  await eventually(() => expect(receiver.open.size).toBe(0));
  return told(answer);
}

describe('is ok', () => {
  it.each<[string, Behaviour]>([
    ['200 and ok', answers('200 OK', 'ok')],
    ['of whatever type', answers('200 OK', 'ok', 'content-type: text/html; charset=utf-16')],
    ['under another phrase', answers('200 Nope', 'ok')],
    ['in one chunk', writes(OK_HEAD, 'transfer-encoding: chunked\r\n\r\n', '2\r\nok\r\n0\r\n\r\n')],
    ['in two chunks', writes(OK_HEAD, 'transfer-encoding: chunked\r\n\r\n', '1\r\no\r\n', '1\r\nk\r\n', '0\r\n\r\n')],
    ['with trailers', writes(OK_HEAD, 'transfer-encoding: chunked\r\n\r\n', '2\r\nok\r\n0\r\nx: y\r\n\r\n')],
    ['to the end of the connection', (socket) => socket.end(`${OK_HEAD}\r\nok`)],
    ['and closes', (socket) => socket.end(`${OK_HEAD}connection: close\r\ncontent-length: 2\r\n\r\nok`)],
    ['after hints', writes('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n', OK_HEAD, 'content-length: 2\r\n\r\nok')],
    ['by HTTP/1.0', (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nok')],
  ])('%s', async (_, behaviour) => {
    expect(await outcomeOf(behaviour)).toEqual(['ANSWERED', 200, true]);
  });

  it('byte by byte', async () => {
    const bytes = `${OK_HEAD}content-length: 2\r\n\r\nok`;
    const drip: Behaviour = (socket) => {
      let at = 0;
      const next = () => at < bytes.length && socket.write(bytes.charAt(at++), () => setImmediate(next));
      next();
    };
    expect(await outcomeOf(drip)).toEqual(['ANSWERED', 200, true]);
  });
});

describe('is answered, and not ok', () => {
  it.each<[string, number, Behaviour]>([
    ...['ok\n', 'OK', ' ok', 'ok ', '\uFEFFok', '"ok"', 'o', 'okay', 'ok\0', 'o\0k\0', 'kо'].map(
      (body): [string, number, Behaviour] => [`200 ${JSON.stringify(body)}`, 200, answers('200 OK', body)],
    ),
    ['200 and nothing', 200, answers('200 OK', '')],
    ['201 ok', 201, answers('201 Created', 'ok')],
    ['202 ok', 202, answers('202 Accepted', 'ok')],
    ['203 ok', 203, answers('203 Non-Authoritative Information', 'ok')],
    ['204', 204, writes('HTTP/1.1 204 No Content\r\n\r\n')],
    ['206 ok', 206, answers('206 Partial Content', 'ok')],
    ['304', 304, writes('HTTP/1.1 304 Not Modified\r\n\r\n')],
    ['400', 400, answers('400 Bad Request', 'ok')],
    ['407', 407, answers('407 Proxy Authentication Required', 'ok')],
    ['500', 500, answers('500 Internal Server Error', 'ok')],
    ['500 whose body has no end', 500, endlessly('HTTP/1.1 500 Oh\r\n\r\n', 'x'.repeat(65_536))],
    ['500 whose body never comes', 500, writes('HTTP/1.1 500 Oh\r\ncontent-length: 10\r\n\r\n')],
    ['599', 599, answers('599 Strange', 'ok')],
    ['gzip of ok', 200, answers('200 OK', gzipSync('ok'), 'content-encoding: gzip')],
    ['64 KB that begin with ok', 200, answers('200 OK', `ok${'x'.repeat(65_534)}`)],
    [
      'ok in two chunks and more',
      200,
      endlessly(`${OK_HEAD}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n`, '1\r\nx\r\n'),
    ],
    ['an endless body', 200, endlessly(`${OK_HEAD}\r\n`, 'x'.repeat(65_536))],
    ['an endless body that begins with ok', 200, endlessly(`${OK_HEAD}\r\nok`, 'ok'.repeat(32_768))],
  ])('%s', async (_, status, behaviour) => {
    expect(await outcomeOf(behaviour)).toEqual(['ANSWERED', status, false]);
  });
});

describe('is no answer', () => {
  it.each<[string, EgressOutcome, number | null, Behaviour]>([
    ['closes without a word', 'CONNECTION_FAILED', null, (socket) => socket.end()],
    ['resets', 'CONNECTION_FAILED', null, (socket) => socket.resetAndDestroy()],
    ['closes within the head', 'CONNECTION_FAILED', null, (socket) => socket.end('HTTP/1.1 200')],
    [
      'promises more than ok, and closes',
      'CONNECTION_FAILED',
      200,
      (s) => s.end(`${OK_HEAD}content-length: 3\r\n\r\nok`),
    ],
    [
      'resets after ok without an end',
      'CONNECTION_FAILED',
      200,
      (s) => s.write(`${OK_HEAD}content-length: 9\r\n\r\nok`, () => s.resetAndDestroy()),
    ],
    [
      'says two continues',
      'CONNECTION_FAILED',
      null,
      writes('HTTP/1.1 100 Continue\r\n\r\n'.repeat(2), OK_HEAD, 'content-length: 2\r\n\r\nok'),
    ],
    [
      'changes to another protocol',
      'CONNECTION_FAILED',
      null,
      writes('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
    ['speaks HTTP/0.9', 'NOT_HTTP', null, (socket) => socket.end('ok')],
    ['speaks something else', 'NOT_HTTP', null, (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
    [
      'names two lengths',
      'CONNECTION_FAILED',
      null,
      writes(OK_HEAD, 'content-length: 2\r\ncontent-length: 3\r\n\r\nok!'),
    ],
    ['hints without end', 'TOO_LARGE', null, endlessly('', 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n')],
    ['has endless headers', 'TOO_LARGE', null, endlessly(OK_HEAD, `x: ${'y'.repeat(1_000)}\r\n`)],
    ['has one endless header', 'TOO_LARGE', null, endlessly(`${OK_HEAD}x: `, 'y'.repeat(10_000))],
    [
      'has endless trailers',
      'TOO_LARGE',
      200,
      endlessly(`${OK_HEAD}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n`, `x: ${'y'.repeat(1_000)}\r\n`),
    ],
  ])('of one that %s', async (_, outcome, status, behaviour) => {
    expect(await outcomeOf(behaviour)).toEqual([outcome, status, false]);
  });

  it.each<[string, number | null, Behaviour]>([
    ['hangs', null, () => {}],
    ['sends half a head', null, writes(OK_HEAD)],
    ['drips its head', null, dripping(OK_HEAD, 'x', 10)],
    ['has a status line without end', null, dripping('HTTP/1.1 200 ', 'x', 5)],
    ['hints now and then', null, dripping('HTTP/1.1 103 Early Hints\r\nlink: ', 'x', 10)],
    ['promises a body that never comes', 200, writes(OK_HEAD, 'content-length: 2\r\n\r\n')],
    ['sends o and no more', 200, writes(OK_HEAD, 'content-length: 2\r\n\r\no')],
    ['sends ok and does not end', 200, writes(OK_HEAD, '\r\nok')],
    ['drips chunk extensions', 200, dripping(`${OK_HEAD}transfer-encoding: chunked\r\n\r\n2;`, 'x', 5)],
    ['ends never after the last chunk', 200, writes(OK_HEAD, 'transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n')],
  ])('of one that %s: the deadline ends it', async (_, status, behaviour) => {
    expect(await outcomeOf(behaviour, SHORT_MS)).toEqual(['TIMED_OUT', status, false]);
  });

  it('of one that is not there', async () => {
    const receiver = await Receiver.start();
    const url = receiver.url();
    await receiver.stop();
    const answer = await anEgress().post({ url, ...REQUEST });
    expect(told(answer)).toEqual(['CONNECTION_FAILED', null, false]);
  });

  it('of one that reads nothing of a long body', async () => {
    const receiver = await aReceiver({ onConnect: (socket) => socket.pause() });
    const body = 'x'.repeat(32 * 1024 * 1024);
    const egress = anEgress({ deadlineMs: SHORT_MS });
    expect(told(await egress.post({ url: receiver.url(), headers: {}, body }))).toEqual(['TIMED_OUT', null, false]);
    expect(egress.connections).toEqual({ idle: 0, inUse: 0 });
  });
});

describe('over TLS', () => {
  const ca = SHOP_CERTIFICATE;
  const resolve = async () => ['127.0.0.1'];

  it('is ok when the certificate is that of the name', async () => {
    const receiver = await aReceiver({ secure: true, onRequest: answers('200 OK', 'ok') });
    const egress = anEgress({ ca, resolve });
    expect(told(await egress.post({ url: receiver.url('shop.example', 'https'), ...REQUEST }))).toEqual([
      'ANSWERED',
      200,
      true,
    ]);
    expect(told(await egress.post({ url: receiver.url('127.0.0.1', 'https'), ...REQUEST }))).toEqual([
      'ANSWERED',
      200,
      true,
    ]);
  });

  it.each<[string, string, string | undefined]>([
    ['of another name', 'other.example', ca],
    ['that nobody vouches for', 'shop.example', undefined],
  ])('fails with a certificate %s, and sends nothing', async (_, host, trusted) => {
    const receiver = await aReceiver({ secure: true, onRequest: answers('200 OK', 'ok') });
    const egress = anEgress({ resolve, ...(trusted && { ca: trusted }) });
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const answer = await egress.post({ url: receiver.url(host, 'https'), ...REQUEST });
      expect(told(answer)).toEqual(['TLS_FAILED', null, false]);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
    expect(receiver.received).toBe('');
  });

  it('fails at a port that speaks plainly', async () => {
    const receiver = await aReceiver({ onConnect: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') });
    const answer = await anEgress({ resolve }).post({ url: receiver.url('shop.example', 'https'), ...REQUEST });
    expect(told(answer)).toEqual(['TLS_FAILED', null, false]);
  });

  it('times out where the handshake never comes, and leaves no connection', async () => {
    const receiver = await aReceiver();
    const egress = anEgress({ resolve, deadlineMs: SHORT_MS });
    const answer = await egress.post({ url: receiver.url('shop.example', 'https'), ...REQUEST });
    expect(told(answer)).toEqual(['TIMED_OUT', null, false]);
    await eventually(() => expect([receiver.hits, receiver.open.size]).toEqual([1, 0]));
  });
});
