import { setTimeout as pause } from 'node:timers/promises';
import { uuidOf } from '../../../src/kernel/ids.js';
import { statement } from '../../../src/platform/database/sql.js';
import { eventually } from '../../../test/support/eventually.js';
import { notify, untilQuiet } from '../../../test/support/notifications.js';
import type { Product, Shop } from '../../../test/support/product.js';
import type { Receiver } from '../../../test/support/receiver.js';

/** Copies of one that has come this way: each alone in its group, due now, told by its number. */
const COPY = statement(
  'prove_copy_notifications',
  `with one as (
     select n.* from notifications n join notification_endpoints e on e.operator_id = n.operator_id and e.id = n.endpoint_id
     where n.operator_id = $1 and e.origin = $2 order by n.id limit 1
   ), many as (
     insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, event_sequence, type, url,
       format, body, status, occurred_at, created_at, due_at, ready_at)
     select operator_id, gen_random_uuid(), endpoint_id, merchant_id, mode, gen_random_uuid(), $3::bigint + g, type, url,
       format, jsonb_build_object('copy', $3::bigint + g), 'PENDING', occurred_at, created_at, now(), now()
     from one, generate_series(1, $4::int) as g returning endpoint_id)
   update notification_endpoints set due_at = now() where operator_id = $1 and id in (select endpoint_id from many)`,
);

let copies = 1_000_000;

const TICK_MS = 1_000;
const EVERY_MS = 50;

async function copy(product: Product, shop: Shop, origin: string, count: number): Promise<number> {
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  const first = copies + 1;
  await product.built.units.sql(operatorId, (tx) => tx.query(COPY, [operatorId, origin, copies, count]));
  copies += count;
  return first;
}

/** So many to be told at that receiver, after what an order of its own tells there. */
export async function fill(product: Product, shop: Shop, receiver: Receiver, count: number): Promise<void> {
  await shop.sale({ callbackUrl: receiver.url('/hook') });
  await notify(product);
  await copy(product, shop, receiver.origin, count);
}

/**
 * One every few milliseconds, while the clock looks as often as a worker's does
 * and nothing hurries it: how many milliseconds until each arrived.
 */
export async function tellSome(product: Product, shop: Shop, receiver: Receiver, count: number): Promise<number[]> {
  await shop.sale({ callbackUrl: receiver.url('/hook') });
  const deliver = () => product.built.jobs.wake('notifications.deliver');
  const told = new Map<string, number>();
  const arrived = new Map<string, number>();
  receiver.behave((response, { body }) => {
    arrived.set(body, performance.now());
    response.writeHead(200).end('ok');
  });
  await eventually(async () => {
    await notify(product);
    if (arrived.size < 2) throw new Error('the order itself is not told yet');
  });
  const ticking = setInterval(() => void deliver(), TICK_MS);
  try {
    for (let number = 0; number < count; number += 1) {
      const began = performance.now();
      told.set(`{"copy": ${await copy(product, shop, receiver.origin, 1)}}`, began);
      await pause(EVERY_MS);
    }
    await eventually(() => {
      for (const body of told.keys()) if (!arrived.has(body)) throw new Error(`${body} has not arrived`);
    });
  } finally {
    clearInterval(ticking);
  }
  return [...told].map(([body, began]) => (arrived.get(body) ?? 0) - began);
}

/** When which was tried, in hours of the product's clock since the beginning. */
export class Diary {
  readonly #seen = new Map<Receiver, number>();
  readonly tries = new Map<string, { readonly first: number; readonly last: number; readonly times: number }>();
  hours = 0;

  constructor(
    private readonly product: Product,
    private readonly shop: Shop,
    private readonly receivers: readonly Receiver[],
  ) {}

  async pass(hours: number): Promise<void> {
    this.hours += hours;
    this.product.clock.advance(hours * 3_600);
    await untilQuiet(this.product, this.shop, 120_000);
    this.note();
  }

  note(): void {
    for (const receiver of this.receivers) {
      for (const { id } of receiver.received.slice(this.#seen.get(receiver) ?? 0)) {
        const { first = this.hours, times = 0 } = this.tries.get(id) ?? {};
        this.tries.set(id, { first, last: this.hours, times: times + 1 });
      }
      this.#seen.set(receiver, receiver.received.length);
    }
  }
}
