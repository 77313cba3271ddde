import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { inTurns } from '../tenants/in-turns.js';

export interface Malformed {
  readonly requests: number;
  readonly slowSockets: number;
  readonly violations: readonly string[];
}

interface Server {
  readonly url: string;
  readonly key: string;
}

/** Longer than this no answer is waited for: what hangs on is fine as long as others are served. */
const PATIENCE_MS = 1_500;

/** Nothing is ever unpacked, so a body that is plain JSON is read as that, whatever it is said to be packed in. */
const AS_IT_IS = ['gzip that is none', 'an encoding that is none'];

/** What is no HTTP, or hardly: none of it is a fault of ours, and everybody else is served beside it. */
export async function sendMalformed(server: Server, slowSockets: number): Promise<Malformed> {
  const violations: string[] = [];
  const { port } = new URL(server.url);
  const cases = requests(server);
  await inTurns(cases, async ([name, bytes]) => {
    const answer = await exchanged(Number(port), bytes);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    // No answer at all is one, to what is no request.
    const isTaken = status > 0 && status < 400 && !AS_IT_IS.includes(name);
    if (status >= 500 || isTaken) violations.push(`${name}: ${answer.slice(0, 300)}`);
    if (/node_modules|\.[jt]s:\d/.test(answer))
      violations.push(`${name} was told of our code: ${answer.slice(0, 300)}`);
  });
  const slow = await Promise.all(Array.from({ length: slowSockets }, () => dawdle(Number(port), server.key)));
  if (!(await isServed(server))) violations.push(`beside ${slowSockets} slow senders nobody is served`);
  for (const socket of slow) socket.destroy();
  if (!(await isServed(server))) violations.push('after all that nobody is served');
  return { requests: cases.length, slowSockets, violations };
}

export async function isServed({ url, key }: Server): Promise<boolean> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: '{"query":"{ viewer { kind } }"}',
  });
  return (await response.text()).includes('"kind"') && response.status === 200;
}

function exchanged(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    const timer = setTimeout(end, PATIENCE_MS);
    socket.on('error', end).on('close', end);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      end();
    });
    socket.write(bytes);
  });
}

/** A body that is announced and comes a letter at a time. */
function dawdle(port: number, key: string): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        head({ authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': '9000' }),
      );
      socket.write('{');
      resolve(socket);
    });
    const drop = setInterval(() => socket.write(' '), 200);
    socket.on('error', () => {}).on('close', () => clearInterval(drop));
  });
}

function head(headers: Record<string, string>, line = 'POST /graphql HTTP/1.1'): string {
  const lines = Object.entries({ host: 'x', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line}\r\n${lines.join('')}\r\n`;
}

function requests({ key }: Server): (readonly [string, Buffer])[] {
  const authorization = `Bearer ${key}`;
  const json = { authorization, 'content-type': 'application/json' };
  const good = '{"query":"{ viewer { kind } }"}';
  const sent = (headers: Record<string, string>, body: string | Buffer, line?: string): Buffer => {
    const content = Buffer.from(body);
    return Buffer.concat([
      Buffer.from(head({ 'content-length': `${content.length}`, ...headers }, line), 'latin1'),
      content,
    ]);
  };
  const chunked = (body: string) => Buffer.from(head({ ...json, 'transfer-encoding': 'chunked' }) + body, 'latin1');
  const bomb = gzipSync(Buffer.alloc(20_000_000, 32));
  const boundary = { ...json, 'content-type': 'multipart/form-data; boundary=b', 'apollo-require-preflight': '1' };
  return [
    ['half a JSON', sent(json, '{"query": "{ viewer')],
    ['JSON that is a text', sent(json, '"query"')],
    ['JSON that is nothing', sent(json, 'null')],
    ['JSON with a comma too many', sent(json, '{"query":"{ viewer { kind } }",}')],
    ['two JSONs', sent(json, good + good)],
    ['no body', sent(json, '')],
    ['bytes for JSON', sent(json, Buffer.from([0xff, 0xfe, 0x00, 0x7b]))],
    [
      'JSON in UTF-16',
      sent({ ...json, 'content-type': 'application/json; charset=utf-16' }, Buffer.from(good, 'utf16le')),
    ],
    ['XML', sent({ ...json, 'content-type': 'application/xml' }, '<a/>')],
    ['a form', sent({ ...json, 'content-type': 'application/x-www-form-urlencoded' }, 'query=x')],
    ['no content type at all', sent({ authorization }, good)],
    ['a content type that is none', sent({ ...json, 'content-type': ';;;=,/' }, good)],
    ['a bomb of gzip', sent({ ...json, 'content-encoding': 'gzip' }, bomb)],
    ['a bomb of gzip within gzip', sent({ ...json, 'content-encoding': 'gzip, gzip' }, gzipSync(bomb))],
    ['gzip that is none', sent({ ...json, 'content-encoding': 'gzip' }, good)],
    ['an encoding that is none', sent({ ...json, 'content-encoding': 'x-nothing' }, good)],
    ['parts without an end', sent(boundary, '--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{')],
    [
      'parts without a map',
      sent(boundary, `--b\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${good}\r\n--b--\r\n`),
    ],
    ['a map of prototypes', sent(boundary, partsOf({ operations: good, map: '{"0":["__proto__.x"]}', 0: 'a' }))],
    ['a map of nothing', sent(boundary, partsOf({ operations: good, map: '{"0":["variables.x.y.z"]}', 0: 'a' }))],
    ['a map of ten thousand', sent(boundary, partsOf({ operations: good, map: JSON.stringify(MANY_FILES) }))],
    ['parts before their map', sent(boundary, partsOf({ 0: 'a', operations: good, map: '{}' }))],
    ['parts without a boundary', sent({ ...boundary, 'content-type': 'multipart/form-data' }, 'x')],
    ['a header of a hundred kilobytes', sent({ ...json, 'x-long': 'x'.repeat(100_000) }, good)],
    ['three thousand headers', sent({ ...json, ...Object.fromEntries(NUMBERS.map((n) => [`x-${n}`, '1'])) }, good)],
    ['a header without a colon', Buffer.from(`POST /graphql HTTP/1.1\r\nhost x\r\n\r\n`)],
    ['a header with a NUL', sent({ ...json, 'x-nul': 'a\u0000b' }, good)],
    ['a length below zero', sent({ ...json, 'content-length': '-1' }, good)],
    ['a length that is no number', sent({ ...json, 'content-length': '1e3' }, good)],
    ['a length beyond all', sent({ ...json, 'content-length': '99999999999999999999' }, good)],
    ['a length and chunks', sent({ ...json, 'transfer-encoding': 'chunked' }, `5\r\nhello\r\n0\r\n\r\n`)],
    ['chunks of no size', chunked('ZZZ\r\nhello\r\n0\r\n\r\n')],
    ['chunks beyond all', chunked('FFFFFFFFFFFFFFFFF\r\nhello\r\n')],
    ['chunks longer than they say', chunked('2\r\nhello\r\n0\r\n\r\n')],
    ['two encodings of the transfer', sent({ ...json, 'transfer-encoding': 'gzip, chunked' }, good)],
    ['a version that is none', sent(json, good, 'POST /graphql HTTP/9.7')],
    ['a method that is none', sent(json, good, 'STEAL /graphql HTTP/1.1')],
    ['a method that is not here', sent(json, good, 'PATCH /graphql HTTP/1.1')],
    ['an address of a hundred kilobytes', sent(json, good, `POST /graphql?${'x'.repeat(100_000)} HTTP/1.1`)],
    ['an address with a NUL', sent(json, good, 'POST /gra\u0000phql HTTP/1.1')],
    ['an address that leads out', sent({ authorization }, '', 'GET /pay/assets/../../../../etc/passwd HTTP/1.1')],
    [
      'an address that leads out, escaped',
      sent({ authorization }, '', 'GET /pay/assets/%2e%2e%2f%2e%2e%2fpackage.json HTTP/1.1'),
    ],
    ['an address with half an escape', sent({ authorization }, '', 'GET /pay/%E0%A4%A HTTP/1.1')],
    ['a token of sixty kilobytes', sent({}, '', `GET /exports/orders/${'A'.repeat(12_000)}.csv HTTP/1.1`)],
    ['an upload to nobody', sent({ 'content-type': 'text/csv' }, 'a,b', 'PUT /bulk-files/x.y.z HTTP/1.1')],
    ['no host', Buffer.from('GET /graphql HTTP/1.1\r\n\r\n')],
    ['the greeting of TLS', Buffer.from('160301020001000001fc0303', 'hex')],
    ['bytes by chance', Buffer.from(NUMBERS.slice(0, 256).map((n) => (n * 7919) % 256))],
    [
      'a WebSocket of no version',
      sent({ upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-key': 'x' }, '', 'GET /graphql HTTP/1.1'),
    ],
    ['an upgrade to nothing', sent({ upgrade: 'h2c', connection: 'Upgrade' }, '', 'GET /nothing HTTP/1.1')],
    ['two keys', Buffer.from(`${head(json).trimEnd()}\r\nauthorization: Bearer x\r\ncontent-length: 0\r\n\r\n`)],
    ['a key of forty kilobytes', sent({ ...json, authorization: `Bearer qtt_${'a'.repeat(15_000)}` }, good)],
  ];
}

const NUMBERS = Array.from({ length: 3_000 }, (_, index) => index);
const MANY_FILES = Object.fromEntries(NUMBERS.map((n) => [n, ['variables.input.file']]));

function partsOf(parts: Record<string, string>): string {
  const names = Object.keys(parts).sort((a, b) => Number(/\d/.test(a)) - Number(/\d/.test(b)));
  const text = names.map((name) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${parts[name]}\r\n`);
  return `${text.join('')}--b--\r\n`;
}
