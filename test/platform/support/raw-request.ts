import { connect, type Socket } from 'node:net';

/** A request whose body is sent piece by piece, in chunks, and perhaps never to its end. */
export class RawRequest {
  /** All that came back until the server closed the connection. */
  readonly answer: Promise<string>;
  private readonly socket: Socket;

  constructor(port: number, line: string, headers: Readonly<Record<string, string>>) {
    this.socket = connect(port, '127.0.0.1');
    let received = '';
    this.socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    this.socket.on('error', () => {});
    this.answer = new Promise((resolve) => this.socket.on('close', () => resolve(received)));
    const all = { host: 'localhost', connection: 'close', 'transfer-encoding': 'chunked', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    this.socket.write(`${line} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  }

  write(text: string): this {
    if (!this.socket.destroyed) this.socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    return this;
  }

  /** The end of the body. */
  finish(): this {
    this.socket.write('0\r\n\r\n');
    return this;
  }

  /** As when a cable is pulled. */
  cut(): void {
    this.socket.destroy();
  }
}
