import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { systemClock } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { pipelinedPool } from '../../src/platform/database/pools.js';
import { UnitsOfWork } from '../../src/platform/database/unit-of-work.js';
import { EventLog } from '../../src/platform/events/event-log.js';
import { createLog } from '../../src/platform/logging/log.js';
import { makeShops, ownerOf, POSTGRES_FOR_BILLING } from '../support/agreements.js';
import type { Child } from '../support/children.js';
import { median, percentile, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { scaled } from '../support/scale.js';
import { type Ground, startGround } from '../support/world.js';
import type { DelivererState } from './callbacks/deliverer.js';
import type { Arrived, Ports } from './callbacks/receivers.js';

const RECEIVERS = { healthy: 36, holes: 4 } as const;
/** Waiting for the healthy ones; the holes have their share besides. */
const WAITING = scaled(9_000);
const RATE_PER_SECOND = 150;
const FOR_SECONDS = 8;
const MANY = scaled(100_000);
const ROUNDS = { count: 3, warmUpMs: 4_000 } as const;
const GROWS_MAX_MB = 50;

interface Place {
  readonly ground: Ground;
  readonly owner: pg.Client;
  readonly deliverer: Child<object>;
  readonly receivers: Child<Ports>;
  readonly operatorId: string;
  /** By whether their receivers answer. */
  readonly merchants: { readonly healthy: readonly string[]; readonly holes: readonly string[] };
}

const BODY = JSON.stringify({
  id: 'ntf_01k5xe2mz8e0r9m6w7a1c4d5f6',
  type: 'order.status_changed',
  occurredAt: '2026-01-01T00:00:00.000Z',
  mode: 'TEST',
  data: { orderId: 'ord_01k5xe2mz8e0r9m6w7a1c4d5f6', orderNumber: 'A-1001', status: 'CAPTURED', note: 'x'.repeat(400) },
});

/** Notifications to shops of which a tenth never answers, beside a bare loop of posts, and beside shops that all do. */
export async function callbacks(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING });
  try {
    const place = await prepare(ground);
    const rows = [...(await delivered(place)), ...(await latencies(place)), await waiting(place)];
    await place.owner.end();
    return rows;
  } finally {
    await ground.close();
  }
}

async function prepare(ground: Ground): Promise<Place> {
  const owner = await ownerOf(ground.ownerUrl);
  const [shop] = await makeShops(ground, 1);
  if (!shop) throw new Error('no operator was made');
  const { operatorId } = shop;
  const receivers = await ground.start<Ports>(new URL('./callbacks/receivers.js', import.meta.url), RECEIVERS);
  const merchantsAt = async (ports: readonly number[]) => {
    const { rows } = await owner.query<{ id: string }>(
      `insert into merchants (operator_id, id, name, allowed_sources, pci_dss_certified, callback_url, callback_format,
         retry_policy_days, time_zone, created_at, updated_at)
       select operator_id, gen_random_uuid(), name, allowed_sources, false, 'http://127.0.0.1:' || port || '/hook', 'JSON',
         retry_policy_days, time_zone, now(), now()
       from merchants, unnest($2::int[]) as port where operator_id = $1 and id = $3 returning id`,
      [operatorId, ports, shop.merchantId],
    );
    return rows.map(({ id }) => id);
  };
  const merchants = {
    healthy: await merchantsAt(receivers.ready.healthy),
    holes: await merchantsAt(receivers.ready.holes),
  };
  const deliverer = await ground.start<object>(new URL('./callbacks/deliverer.js', import.meta.url), ground.settings);
  return { ground, owner, deliverer, receivers, operatorId, merchants };
}

/** So many of a merchant each, due now at its endpoint. */
async function fill({ owner, operatorId }: Place, merchantIds: readonly string[], ofEach: number): Promise<void> {
  await owner.query(
    `insert into notification_endpoints (operator_id, id, merchant_id, mode, origin, status, created_at)
     select operator_id, gen_random_uuid(), id, 'TEST', substring(callback_url from '^https?://[^/]+'), 'HEALTHY', now()
     from merchants where operator_id = $1 and id = any ($2::uuid[]) on conflict do nothing`,
    [operatorId, merchantIds],
  );
  await owner.query(
    `insert into notifications (operator_id, id, endpoint_id, merchant_id, mode, group_id, type, url, format, body, status,
       occurred_at, created_at, due_at, ready_at)
     select e.operator_id, gen_random_uuid(), e.id, e.merchant_id, 'TEST', gen_random_uuid(), 'order.status_changed',
       e.origin || '/hook', 'JSON', $3, 'PENDING', now(), now(), now(), now()
     from notification_endpoints e, generate_series(1, $4::int) where operator_id = $1 and merchant_id = any ($2::uuid[])`,
    [operatorId, merchantIds, BODY, ofEach],
  );
  await owner.query('analyze notifications, notification_endpoints');
  await owner.query(
    'update notification_endpoints set due_at = now() where operator_id = $1 and merchant_id = any ($2::uuid[])',
    [operatorId, merchantIds],
  );
}

/** As it was before: what hung has ended, nobody holds anything, nothing waits. */
async function clear({ owner, receivers }: Place): Promise<void> {
  await receivers.ask({ order: 'begin' });
  for (let tries = 0; tries < 300; tries += 1) {
    const { rowCount } = await owner.query('select from notification_endpoints where lease_token is not null');
    if (rowCount === 0) break;
    await receivers.ask({ order: 'begin' });
    await pause(50);
  }
  await owner.query('truncate notification_attempts, notifications');
  await owner.query(
    `update notification_endpoints set status = 'HEALTHY', failures = 0, failing_since = null, paused_until = null,
       due_at = null, lease_token = null, lease_until = null`,
  );
}

async function delivered(place: Place): Promise<readonly Row[]> {
  const { deliverer, receivers, merchants, ground } = place;
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const given = { ports: receivers.ready.healthy, secret, body: BODY };
  const bare = await ground.start<object>(new URL('./callbacks/bare.js', import.meta.url), given);
  const ofEach = Math.ceil(WAITING / RECEIVERS.healthy);
  const expected = ofEach * RECEIVERS.healthy;
  const results = await rounds(['ours', 'bare'], ROUNDS, async (variant) => {
    await clear(place);
    if (variant === 'ours') await fill(place, [...merchants.healthy, ...merchants.holes], ofEach);
    await receivers.ask({ order: 'begin', expected });
    const began = performance.now();
    const all = receivers.ask<Arrived>({ order: 'wait' });
    await (variant === 'ours' ? deliverer.ask({ order: 'deliver' }) : bare.ask({ count: expected }));
    await all;
    return (expected / (performance.now() - began)) * 1000;
  });
  bare.kill();
  const ratios = ratiosOf(results.ours, results.bare);
  const rates = `${median(results.ours).toFixed(0)} / ${median(results.bare).toFixed(0)} a second`;
  return [
    {
      line: 'callbacks',
      what: 'delivered, a tenth black holes',
      beside: 'bare undici loop without them',
      ratio: spread(ratios),
      target: '≥ 0.7',
      met: median(ratios) >= 0.7,
      figures: rates,
    },
  ];
}

/** Events at a steady rate, each of a random merchant, until their receivers have them. */
async function latencies(place: Place): Promise<readonly Row[]> {
  const { receivers, merchants, operatorId, ground } = place;
  const { appUrl, systemUrl } = ground.settings;
  const [pool, system] = [pipelinedPool(appUrl, 4), pipelinedPool(systemUrl, 1)];
  // As a process that serves the API: it wakes the others after its commits.
  const events = new EventLog({ app: pool, system, systemUrl, log: createLog({ level: 'error' }) });
  await events.start();
  const units = new UnitsOfWork(null as never, pool, systemClock, undefined, events.kick);
  const tell = (merchantId: string) =>
    units.sql(operatorId, async (transaction) => {
      transaction.publish({ type: 'settlement.recorded', subjectId: newUuid(), merchantId, payload: { mode: 'TEST' } });
    });
  const count = RATE_PER_SECOND * FOR_SECONDS;
  const runs = await rounds(['holes', 'none'], { count: ROUNDS.count, warmUpMs: 0 }, async (variant) => {
    await clear(place);
    await receivers.ask({ order: 'begin', expected: count });
    const all = receivers.ask<Arrived>({ order: 'wait' });
    const began = performance.now();
    const told: Promise<unknown>[] = [];
    for (let sent = 0; sent < count; sent += 1) {
      const ahead = began + (sent * 1000) / RATE_PER_SECOND - performance.now();
      if (ahead > 1) await pause(ahead);
      told.push(tell(merchants.healthy[sent % RECEIVERS.healthy] ?? ''));
      if (variant === 'holes' && sent % 9 === 0) told.push(tell(merchants.holes[sent % RECEIVERS.holes] ?? ''));
    }
    await Promise.all(told);
    return (await all).sortedMs;
  });
  await events.stop();
  await Promise.all([pool.end(), system.end()]);
  const at = (share: number) => ({
    holes: runs.holes.map((sorted) => percentile(sorted, share)),
    none: runs.none.map((sorted) => percentile(sorted, share)),
  });
  const [p50, p99] = [at(0.5), at(0.99)];
  const ratios = ratiosOf(p99.holes, p99.none);
  return [
    {
      line: 'callbacks',
      what: 'event to arrival, p99, a tenth black holes',
      beside: 'without them',
      ratio: spread(ratios),
      target: '≤ 1.2',
      met: median(ratios) <= 1.2,
      figures: `p50 ${median(p50.holes)} / ${median(p50.none)} ms, p99 ${median(p99.holes)} / ${median(p99.none)} ms`,
    },
  ];
}

async function waiting(place: Place): Promise<Row> {
  const { deliverer, merchants } = place;
  const state = () => deliverer.ask<DelivererState>({ order: 'state' });
  await clear(place);
  const before = (await state()).memory;
  await fill(place, merchants.holes, MANY / RECEIVERS.holes);
  await deliverer.ask({ order: 'deliver' });
  await pause(12_000);
  const { memory } = await state();
  const grown = memory.peakMb - before.nowMb;
  return {
    line: 'callbacks',
    what: `memory with ${MANY} waiting`,
    beside: 'none waiting',
    ratio: `${grown < 0 ? '−' : '+'}${Math.abs(grown).toFixed(0)} MB`,
    target: `+ ≤ ${GROWS_MAX_MB} MB`,
    met: grown <= GROWS_MAX_MB,
    figures: `RSS before ${before.nowMb.toFixed(0)}, peak ${memory.peakMb.toFixed(0)} MB`,
  };
}
