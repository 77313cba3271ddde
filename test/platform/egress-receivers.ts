import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { SHOP_CERTIFICATE, SHOP_KEY } from './egress-certificate.js';

/** What a receiver does with a connection once a request has come in. */
export type Behaviour = (socket: Socket) => void;

/** A server of bytes: whatever can be wrong with an answer, it can give. */
export class Receiver {
  /** Connections so far. */
  hits = 0;
  /** What came in, all connections together. */
  received = '';
  readonly open = new Set<Socket>();

  private constructor(
    private readonly server: net.Server,
    private readonly onRequest: Behaviour,
    private readonly onConnect: Behaviour,
  ) {}

  static async start({
    host = '127.0.0.1',
    port = 0,
    secure = false,
    onRequest = () => {},
    onConnect = () => {},
  }: {
    host?: string;
    port?: number;
    secure?: boolean;
    onRequest?: Behaviour;
    onConnect?: Behaviour;
  } = {}): Promise<Receiver> {
    const server = secure ? tls.createServer({ cert: SHOP_CERTIFICATE, key: SHOP_KEY }) : net.createServer();
    const receiver = new Receiver(server, onRequest, onConnect);
    server.on(secure ? 'secureConnection' : 'connection', (socket: Socket) => receiver.#attend(socket));
    server.on('tlsClientError', () => {});
    server.listen(port, host);
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(host = '127.0.0.1', scheme = 'http'): string {
    return `${scheme}://${host}:${this.port}/callback`;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #attend(socket: Socket): void {
    this.hits += 1;
    this.open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.open.delete(socket));
    let head = '';
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
      head += chunk.toString('latin1');
      // A request has come to its end; the body is `{}` in all of these tests.
      if (!head.endsWith('\r\n\r\n{}')) return;
      head = '';
      this.onRequest(socket);
    });
    this.onConnect(socket);
  }
}

/** Writes those bytes and leaves the connection open. */
export const writes =
  (...parts: readonly (string | Uint8Array)[]): Behaviour =>
  (socket) => {
    for (const part of parts) socket.write(part);
  };

export const answers = (status: string, body: string | Uint8Array, ...headers: readonly string[]): Behaviour => {
  const lines = [`HTTP/1.1 ${status}`, `content-length: ${Buffer.byteLength(body)}`, ...headers, '', ''];
  return writes(lines.join('\r\n'), body);
};

/** Writes the beginning, then the same again and again for as long as somebody reads. */
export const endlessly =
  (beginning: string, again: string): Behaviour =>
  (socket) => {
    socket.write(beginning);
    const more = () => {
      while (!socket.destroyed && socket.write(again));
      if (!socket.destroyed) socket.once('drain', () => setImmediate(more));
    };
    more();
  };

/** A byte at a time. */
export const dripping =
  (beginning: string, byte: string, everyMs: number): Behaviour =>
  (socket) => {
    socket.write(beginning);
    const timer = setInterval(() => socket.write(byte), everyMs);
    socket.on('close', () => clearInterval(timer));
  };
