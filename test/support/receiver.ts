import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A notification as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The raw body. */
  readonly body: string;
  /** Its `webhook-id`. */
  readonly id: string;
}

export type Behaviour = (response: ServerResponse, received: Received, socket: Socket) => void;

export const answers =
  (status: number, body: string, headers: Record<string, string> = {}): Behaviour =>
  (response) => {
    response.writeHead(status, headers).end(body);
  };

export const OK = answers(200, 'ok');
export const HANGS: Behaviour = () => {};

/** A shop's server for notifications: keeps what arrives and behaves as it is told, path by path. */
export class Receiver {
  readonly received: Received[] = [];
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #server = createServer((request, response) => void this.#take(request, response));
  /** Requests that were begun and not answered. */
  underWay = 0;
  mostUnderWay = 0;
  #otherwise: Behaviour = OK;

  static async open(behaviour: Behaviour = OK): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.behave(behaviour);
    await new Promise<void>((resolve) => void receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  url(path = '/'): string {
    return `${this.origin}${path}`;
  }

  /** At this path, or, without one, at all others. */
  behave(behaviour: Behaviour, path?: string): void {
    if (path === undefined) this.#otherwise = behaviour;
    else this.#behaviours.set(path, behaviour);
  }

  at(path: string): readonly Received[] {
    return this.received.filter((each) => each.path === path);
  }

  /** What was said of orders, by the status it told, in the order of arrival. */
  told(path?: string): readonly string[] {
    const some = path === undefined ? this.received : this.at(path);
    return some.map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { status?: string } };
      return `${type} ${data.status ?? ''}`.trim();
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    response.on('close', () => {
      this.underWay -= 1;
    });
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const headers = request.headers as Record<string, string>;
    const path = request.url ?? '/';
    const body = Buffer.concat(chunks).toString('utf8');
    const received = { path, headers, body, id: headers['webhook-id'] ?? '' };
    this.received.push(received);
    (this.#behaviours.get(path) ?? this.#otherwise)(response, received, request.socket);
  }
}

/** Whether the package that receivers use finds it signed with the secret; throws where it does not. */
export function verified(secret: string, { headers, body }: Received): unknown {
  return new Webhook(secret).verify(body, headers, { jsonParse: headers['content-type'] === 'application/json' });
}
