import http from 'node:http';
import https from 'node:https';
import { newId } from '../core/ids.js';
import { amend, find } from '../core/shelf.js';
import type { Delivery } from '../core/state.js';
import { type Courier, type Scope, schedule } from '../core/world.js';
import { listensTo } from './emit.js';
import { signatureHeader } from './signature.js';

export interface WebhookFaults {
  /** How likely a delivery is sent twice. */
  duplicate?: number;
  /** How likely a delivery is never sent at all. */
  lose?: number;
  delayMs?: number;
  /** Deliveries wait a random part of the delay, so that they arrive in another order. */
  shuffle?: boolean;
}

/** How long an endpoint may take to answer. */
const TIMEOUT_MS = 10_000;
const SHUFFLE_USUAL_MS = 50;
const SOCKETS_MAX = 64;
/** Three more tries over a few hours, as in Stripe's test mode. */
const RETRY_TEST_SECONDS = [10, 600, 7200];
/** Ever rarer for three days, as in live mode. */
const RETRY_LIVE_SECONDS = [10, 60, 300, 1800, 7200, 18_000, 36_000, 36_000, 36_000, 36_000, 36_000];

/** Posts events to webhook endpoints, signed, and again when they were not taken. */
export class WebhookCourier implements Courier {
  private faults: WebhookFaults = {};
  private readonly underWay = new Set<Promise<void>>();
  private readonly agents = {
    http: new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    https: new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
  };
  private isClosed = false;

  constructor(
    private readonly random: () => number,
    /** Waits until what is told of is on the disk. */
    private readonly kept: () => Promise<void>,
  ) {}

  setFaults(faults: WebhookFaults): void {
    this.faults = faults;
  }

  announce(scope: Scope, eventId: string): void {
    const event = find(scope.book.events, eventId);
    if (event === undefined) return;
    for (const endpoint of scope.book.endpoints.things) {
      if (endpoint === undefined || !listensTo(endpoint.shown, event.type)) continue;
      if (this.random() < (this.faults.lose ?? 0)) continue;
      const delivery: Delivery = { id: newId('whd'), eventId, endpointId: endpoint.id, attempts: 0 };
      scope.book.deliveries.set(delivery.id, delivery);
      this.start(() => this.attempt(scope, delivery));
      if (this.random() < (this.faults.duplicate ?? 0)) this.start(() => this.post(scope, delivery));
    }
  }

  /** Sends a delivery again that was not taken before. */
  repeat(scope: Scope, deliveryId: string): void {
    const delivery = scope.book.deliveries.get(deliveryId);
    if (delivery !== undefined) this.start(() => this.attempt(scope, delivery));
  }

  /** Waits until nothing is on its way. */
  async settle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  close(): void {
    this.isClosed = true;
    this.agents.http.destroy();
    this.agents.https.destroy();
  }

  private start(send: () => Promise<unknown>): void {
    const sending: Promise<void> = this.pause()
      .then(this.kept)
      .then(send)
      .then(() => {
        this.underWay.delete(sending);
      });
    this.underWay.add(sending);
  }

  private pause(): Promise<void> {
    const { delayMs, shuffle } = this.faults;
    const most = delayMs ?? (shuffle === true ? SHUFFLE_USUAL_MS : 0);
    if (most === 0) return new Promise((resolve) => setImmediate(resolve));
    const ms = shuffle === true ? this.random() * most : most;
    return new Promise((resolve) => setTimeout(resolve, ms).unref());
  }

  private async attempt(scope: Scope, last: Delivery): Promise<void> {
    const delivery = { ...last, attempts: last.attempts + 1 };
    scope.book.deliveries.set(delivery.id, delivery);
    const result = await this.post(scope, delivery);
    if (this.isClosed) return;
    if (result === 'refused') {
      this.tryLater(scope, delivery);
      return;
    }
    scope.book.deliveries.delete(delivery.id);
    const event = find(scope.book.events, delivery.eventId);
    if (event === undefined || result === 'dropped') return;
    amend(scope.book.events, event, { pending_webhooks: Math.max(0, event.pending_webhooks - 1) });
  }

  private tryLater(scope: Scope, delivery: Delivery): void {
    const waits = scope.book.livemode ? RETRY_LIVE_SECONDS : RETRY_TEST_SECONDS;
    const seconds = waits[delivery.attempts - 1];
    if (seconds === undefined) scope.book.deliveries.delete(delivery.id);
    else schedule(scope, 'webhook_retry', delivery.id, scope.world.clock.nowMs() + seconds * 1000);
  }

  private post(scope: Scope, delivery: Delivery): Promise<'taken' | 'refused' | 'dropped'> {
    const event = find(scope.book.events, delivery.eventId);
    const endpoint = find(scope.book.endpoints, delivery.endpointId);
    if (event === undefined || endpoint === undefined || endpoint.shown.status !== 'enabled' || this.isClosed) {
      return Promise.resolve('dropped');
    }
    const version = endpoint.shown.api_version ?? event.api_version;
    const body = JSON.stringify({ ...event, api_version: version });
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'stripe-signature': signatureHeader(endpoint.secret, scope.world.clock.now(), body),
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    };
    return this.exchange(new URL(endpoint.shown.url), headers, body);
  }

  private exchange(url: URL, headers: http.OutgoingHttpHeaders, body: string): Promise<'taken' | 'refused'> {
    const [transport, agent] = url.protocol === 'https:' ? [https, this.agents.https] : [http, this.agents.http];
    return new Promise((resolve) => {
      const request = transport.request(url, { method: 'POST', headers, agent, timeout: TIMEOUT_MS }, (response) => {
        const status = response.statusCode ?? 0;
        response.resume();
        response.on('end', () => resolve(status >= 200 && status < 300 ? 'taken' : 'refused'));
        response.on('error', () => resolve('refused'));
      });
      request.on('timeout', () => request.destroy());
      request.on('error', () => resolve('refused'));
      request.end(body);
    });
  }
}
