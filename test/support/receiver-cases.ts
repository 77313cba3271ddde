import type { Socket } from 'node:net';
import { answers, type Behaviour, HANGS, OK } from './receiver.js';

const raw =
  (text: string, ends = true): Behaviour =>
  (_response, _received, socket) => {
    socket.write(text);
    if (ends) socket.end();
  };

const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n';

/** Goes on until nobody listens. */
function endless(socket: Socket, text: string): void {
  const timer = setInterval(() => (socket.writable ? socket.write(text) : clearInterval(timer)), 5);
  socket.on('error', () => clearInterval(timer));
  socket.on('close', () => clearInterval(timer));
}

/** A way to take a notification, and what comes of it. */
export interface Case {
  readonly what: string;
  readonly behaviour: Behaviour;
  readonly outcome: string;
  readonly status: number | null;
}

const answered = (what: string, status: number, body: string, headers: Record<string, string> = {}): Case => ({
  what,
  behaviour: answers(status, body, headers),
  outcome: 'NOT_OK',
  status,
});

/** What shops' servers do. Only the first of them is delivered to. */
export const RECEIVER_CASES: readonly Case[] = [
  { what: '200 and ok', behaviour: OK, outcome: 'DELIVERED', status: 200 },
  answered('ok with a line end', 200, 'ok\n'),
  answered('ok with a blank before it', 200, ' ok'),
  answered('OK', 200, 'OK'),
  answered('ok in quotes', 200, '"ok"'),
  answered('okay', 200, 'okay'),
  answered('o', 200, 'o'),
  answered('nothing in the body', 200, ''),
  answered('ok behind a byte order mark', 200, '\uFEFFok'),
  answered('a page of a proxy', 200, '<html>ok</html>'.repeat(100)),
  answered('201 and ok', 201, 'ok'),
  answered('204', 204, ''),
  answered('a redirect to where ok would be said', 302, 'ok', { location: '/ok' }),
  answered('a permanent redirect', 308, 'ok', { location: '/ok' }),
  answered('400 and ok', 400, 'ok'),
  answered('410', 410, 'gone'),
  answered('429', 429, '', { 'retry-after': '1' }),
  answered('500 and ok', 500, 'ok'),
  answered('503', 503, ''),
  {
    what: 'a body that does not end',
    behaviour: (response, _received, socket) => {
      response.writeHead(200).write('ok');
      endless(socket, '2\r\nok\r\n');
    },
    outcome: 'NOT_OK',
    status: 200,
  },
  { what: 'nothing at all', behaviour: HANGS, outcome: 'TIMED_OUT', status: null },
  {
    what: 'a head, and then nothing',
    behaviour: raw(`${head}content-length: 2\r\n\r\n`, false),
    outcome: 'TIMED_OUT',
    status: 200,
  },
  {
    what: 'less than was promised',
    behaviour: raw(`${head}content-length: 3\r\n\r\nok`),
    outcome: 'CONNECTION_FAILED',
    status: 200,
  },
  {
    what: 'a connection that is reset',
    behaviour: (_response, _received, socket) => void socket.resetAndDestroy(),
    outcome: 'CONNECTION_FAILED',
    status: null,
  },
  { what: 'something that is not HTTP', behaviour: raw('ok\r\n\r\n'), outcome: 'NOT_HTTP', status: null },
];
