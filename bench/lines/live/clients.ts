import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { serve } from '../../support/children.js';
import { DOCUMENT } from './schema.js';

/** The client process of the benchmark: thousands of sockets that count what arrives, spoken by hand to be cheap. */
export type ClientOrder =
  | { readonly order: 'connect'; readonly port: number; readonly count: number }
  | { readonly order: 'expect'; readonly messages: number };

const HANDSHAKE = (port: number) =>
  [
    'GET /graphql HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    '\r\n',
  ].join('\r\n');

/** A client's text frame, masked with zeros, which leaves the bytes as they are. */
function clientFrame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  const header =
    body.length < 126
      ? Buffer.from([0x81, 0x80 | body.length])
      : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([header, Buffer.alloc(4), body]);
}

const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Calls back for each whole message in a stream of unmasked server frames. */
function frameReader(socket: Socket, onMessage: (body: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (;;) {
      const short = (rest[1] ?? 0) & 0x7f;
      const start = short < 126 ? 2 : 4;
      if (rest.length < start) return;
      const end = start + (short < 126 ? short : rest.readUInt16BE(2));
      if (rest.length < end) return;
      if (rest[0] === 0x89) socket.write(PONG);
      if (rest[0] === 0x81) onMessage(rest.subarray(start, end));
      rest = rest.subarray(end);
    }
  };
}

let received = 0;
let expected = Number.POSITIVE_INFINITY;
let complete = () => {};

function count(): void {
  received += 1;
  settle();
}

function settle(): void {
  if (received < expected) return;
  received -= expected;
  expected = Number.POSITIVE_INFINITY;
  complete();
}

/** Resolves when so many messages have come, those before the call included. */
function allOf(messages: number): Promise<void> {
  return new Promise((resolve) => {
    complete = resolve;
    expected = messages;
    settle();
  });
}

function subscriber(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true).once('error', reject);
    const read = frameReader(socket, (body) => {
      if (body.includes('"type":"next"')) return count();
      if (!body.includes('connection_ack')) return reject(new Error(String(body)));
      const payload = { query: DOCUMENT, variables: { merchantId: null } };
      socket.write(clientFrame({ id: randomUUID(), type: 'subscribe', payload }), () => resolve(socket));
    });
    socket.write(HANDSHAKE(port));
    socket.once('data', (answer: Buffer) => {
      const head = answer.indexOf('\r\n\r\n') + 4;
      socket.on('data', read);
      if (answer.length > head) read(answer.subarray(head));
      socket.write(clientFrame({ type: 'connection_init', payload: { authorization: 'Bearer key' } }));
    });
  });
}

async function connectAll(port: number, total: number): Promise<void> {
  for (let opened = 0; opened < total; opened += 100) {
    await Promise.all(Array.from({ length: Math.min(100, total - opened) }, () => subscriber(port)));
  }
}

serve<ClientOrder>({}, async (order) => {
  await (order.order === 'connect' ? connectAll(order.port, order.count) : allOf(order.messages));
  return {};
});
