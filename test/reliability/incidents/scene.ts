import { uuidOf } from '../../../src/kernel/ids.js';
import type { FaultKind } from '../../../src/stripe-sandbox/http/faults.js';
import { aShop, type Json, type Product, type ProductOptions, Shop, startProduct } from '../../support/product.js';
import { rowsOf } from '../orders/books.js';
import { deliver, endpointOf, eventsOf, type InboxRow } from '../orders/disorder.js';
import { disagreements } from './judged.js';

interface SceneOptions extends ProductOptions {
  /** One where a second process adds nothing. */
  readonly processes?: 1 | 2;
}

/** Processes on one database and one payment system, where other systems' incidents happen again; each to a shop of its own. */
export class Scene {
  shop!: Shop;

  private constructor(
    readonly one: Product,
    readonly other: Product,
  ) {}

  static async open({ processes = 2, ...options }: SceneOptions = {}): Promise<Scene> {
    const one = await startProduct(options);
    const { database, sandbox, masterKey } = one;
    return new Scene(one, processes === 1 ? one : await startProduct({ ...options, database, sandbox, masterKey }));
  }

  async close(): Promise<void> {
    if (this.other !== this.one) await this.other.close();
    await this.one.close();
  }

  /** Whose incident it is from now on. */
  async begin(shop: Promise<Shop> | Json = {}): Promise<Shop> {
    this.shop = shop instanceof Promise ? await shop : await aShop(this.one, shop);
    return this.shop;
  }

  get operatorId(): string {
    return uuidOf('operator', this.shop.operator.id) ?? '';
  }

  /** The shop's client at one process or the other. */
  at(racer: number): Shop {
    const { key, id, operator, stripe } = this.shop;
    return racer % 2 === 0 ? this.shop : new Shop(this.other.url, key, id, operator, stripe);
  }

  /** A job at both processes at the same moment. */
  async wakeBoth(job: string): Promise<void> {
    await Promise.all([this.one, this.other].map(({ built }) => built.jobs.wake(job)));
  }

  /** All clocks: the processes' and the payment system's. */
  advance(seconds: number): void {
    this.one.advance(seconds);
    if (this.other !== this.one) this.other.clock.advance(seconds);
  }

  /** Later, when all that waited for that moment has been done. */
  async later(seconds: number): Promise<void> {
    this.advance(seconds);
    await this.one.settle();
  }

  /** No webhook arrives any more. */
  mute(): void {
    this.one.sandbox.control.setWebhookFaults({ lose: 1 });
  }

  /** The next calls of the kind go wrong; without a count all of them. */
  lose(kind: FaultKind, path: string, count?: number, method = 'POST', delayMs = 0): void {
    const { accountId } = this.shop.stripe;
    this.one.sandbox.control.addFault({
      kind,
      path,
      method,
      accountId,
      delayMs,
      ...(count !== undefined && { count }),
    });
  }

  /** What the shop's account was asked for, the oldest first. */
  sent(path: string, method = 'POST') {
    return this.one.sandbox.control.requests({ accountId: this.shop.stripe.accountId, path, method });
  }

  /** The events of the shop's account of these types, the oldest first, whether they were delivered or not. */
  events(types: readonly string[]) {
    return eventsOf(this.one, this.shop, types);
  }

  /** Delivers an event, properly signed, to one process or the other; the HTTP status of the answer. */
  tell(event: object | undefined, racer = 0): Promise<number> {
    const { url, secret } = endpointOf(this.one, this.shop);
    const there = racer % 2 === 0 ? url : url.replace(this.one.url, this.other.url);
    return deliver(this.one, this.shop, event ?? {}, secret, there);
  }

  inbox(): Promise<InboxRow[]> {
    return rowsOf<InboxRow>(
      this.one,
      this.shop,
      'select type, status, error from inbox_events where operator_id = $1 and $2::uuid is not null order by received_at',
    );
  }

  /** How often it was told that an order of the shop's came to a status. */
  async toldOf(status: string): Promise<number> {
    const told = await rowsOf(
      this.one,
      this.shop,
      `select sequence from events where operator_id = $1 and $2::uuid is not null and type = 'order.status_changed'
         and payload->>'status' = '${status}'`,
    );
    return told.length;
  }

  /** Ends what goes wrong, does all that waits, and tells what is wrong then: with our tables, ledger and events, and the payment system's books. */
  async aftermath(): Promise<readonly string[]> {
    this.one.sandbox.control.clearFaults();
    this.one.sandbox.control.setWebhookFaults({});
    await this.one.settle();
    const found = await disagreements(this.one, this.shop);
    if (found.length === 0) return found;
    // Something may have been put off for up to a minute.
    await this.later(60);
    return disagreements(this.one, this.shop);
  }
}
