import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { uuidOf } from '../../src/kernel/ids.js';
import { pipelinedPool } from '../../src/platform/database/pools.js';
import type { Ground, Tenant } from './world.js';

/** An operator with its one merchant, by the database's ids. */
export interface Shop {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly accountId: string;
}

/** As a production server would be set; nothing is left out that makes a commit durable. */
export const POSTGRES_FOR_BILLING = {
  shared_buffers: '2GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '1h',
  track_commit_timestamp: 'on',
};

/** Makes operators over the API, each with an account at the payment system, and lets them charge without the payer. */
export async function makeShops(ground: Ground, count: number): Promise<readonly Shop[]> {
  const product = await ground.start(new URL('./product-server.js', import.meta.url), ground.settings);
  const tenants: Tenant[] = [];
  while (tenants.length < count) tenants.push(await product.ask<Tenant>({ order: 'tenant' }));
  product.kill();
  const owner = await ownerOf(ground.ownerUrl);
  await owner.query("update merchants set allowed_sources = allowed_sources || '{MERCHANT}'");
  const { rows } = await owner.query<Shop>(
    `select m.operator_id as "operatorId", m.id as "merchantId", a.id as "accountId"
     from merchants m join payment_system_accounts a using (operator_id)`,
  );
  await owner.end();
  const made = new Set(tenants.map(({ operatorId }) => uuidOf('operator', operatorId)));
  return rows.filter(({ operatorId }) => made.has(operatorId));
}

export async function ownerOf(url: string): Promise<pg.Client> {
  const owner = new pg.Client(url);
  // A line that fails stops the server; that is not what it failed of.
  owner.on('error', () => {});
  await owner.connect();
  return owner;
}

/** Reads as the product's pools do, but everybody's rows. */
export function ownerPool(url: string): pg.Pool {
  return pipelinedPool(url, 1);
}

/**
 * Monthly agreements in the order in which they were made, so that those of a
 * day lie together, as they do when they were made on that day; in six zones.
 * The due ones have moments of their own, so that who is next is no accident.
 */
const FILL = `
  insert into payers (operator_id, id, merchant_id, mode, reference, email, created_at, updated_at)
  select $1::uuid, payer, $2::uuid, 'TEST', 'payer-' || n, 'payer-' || n || '@shop.example', now(), now() from made;
  insert into stored_credentials (operator_id, id, payer_id, account_id, type, external_id, external_customer_id,
    brand, last_four, expiry_month, expiry_year, status, created_at)
  select $1::uuid, credential, payer, $3::uuid, 'CARD', 'pm_' || credential, 'cus_' || n, 'visa', '4242', 12, 2099,
    'ACTIVE', now() from made;
  insert into agreements (operator_id, id, merchant_id, mode, payment_system_account_id, payer_id, credential_id,
    reference, type, status, currency, amount_variability, metadata, charge_mode, charge_amounts, period, interval_count,
    schedule_start, time_zone, local_time, next_number, next_charge_at, payments_made, last_payment_on, first_cit_at,
    noticed_number, due_at, created_at, updated_at)
  select $1::uuid, agreement, $2::uuid, 'TEST', $3::uuid, payer, credential, 'agreement-' || n, 'RECURRING', 'ACTIVE',
    'USD', 'VARIABLE', '{}', 'FIXED', '{2000}', 'MONTH', 1, day - interval '3 months',
    (array['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo', 'Asia/Kolkata', 'America/Sao_Paulo'])[1 + n % 6],
    '09:00', 4, at, 3, day - interval '1 month', now(), 4, at, now(), now()
  from made, lateral (select case when is_due then $4::timestamptz + n * interval '1 millisecond'
      else now() + (2 + n % 27) * interval '1 day' end as at) d,
    lateral (select at::date as day) e`;

export interface Wanted {
  readonly all: number;
  readonly due: number;
}

/** Their days lie so many apart that 36 of them are due: three years of one day of the month. */
const DAYS_DUE = 36;

export async function fillAgreements(owner: pg.Client, shop: Shop, { all, due }: Wanted): Promise<void> {
  const every = Math.floor(all / due);
  const ofDay = Math.max(1, Math.floor(due / DAYS_DUE));
  // By the 28th every month has the day.
  const [at] = (
    await owner.query<{ at: Date }>(
      `select date_trunc('day', now()) - interval '1 day' * greatest(1, extract(day from now())::int - 28) as at`,
    )
  ).rows;
  const values: Readonly<Record<string, string>> = {
    $1: shop.operatorId,
    $2: shop.merchantId,
    $3: shop.accountId,
    $4: at?.at.toISOString() ?? '',
  };
  const made = `create temp table made as select n, (n / ${ofDay}) % ${every} = 0
      and n / ${ofDay * every} * ${ofDay} + n % ${ofDay} < ${due} as is_due,
    uuidv7((n - ${all}) * interval '1 millisecond') as agreement, uuidv7((n - ${all}) * interval '1 millisecond') as payer,
    uuidv7((n - ${all}) * interval '1 millisecond') as credential from generate_series(0, ${all - 1}) n`;
  const fill = FILL.replaceAll(/\$\d/g, (name) => `'${values[name]}'`);
  // Without the references' triggers: they would take most of the time.
  await owner.query(`begin; set local session_replication_role = replica; ${made}; ${fill}; drop table made; commit`);
}

/** How many are due now. */
export async function countDue(owner: pg.Client): Promise<number> {
  const [row] = (await owner.query<{ n: number }>('select count(*)::int as n from agreements where due_at <= now()'))
    .rows;
  return row?.n ?? 0;
}

const WRITTEN = ['orders', 'operations', 'transactions', 'agreement_charges'] as const;

/**
 * Puts the tables back to what they were after `remember`, so that every run
 * begins alike, with the earlier periods' orders and without dead rows.
 */
export class Again {
  private constructor(
    private readonly owner: pg.Client,
    private readonly since: string,
  ) {}

  /** What was charged until now was paid, and the same agreements are due again. */
  static async remember(owner: pg.Client): Promise<Again> {
    await owner.query(`begin; set local session_replication_role = replica;
      update agreement_charges set status = 'PAID', finished_at = now(), live_order_id = null where status = 'OPEN';
      update orders set status = 'CAPTURED', authorized_minor = amount_minor, captured_minor = amount_minor, due_at = null;
      update operations set status = 'SUCCEEDED', finished_at = now();
      update transactions set status = 'SUCCEEDED', finished_at = now(), due_at = null;
      update agreements set next_charge_at = planned_at, due_at = planned_at, noticed_number = next_number
        from (select operator_id, agreement_id, max(planned_at) as planned_at from agreement_charges group by 1, 2) c
        where agreements.operator_id = c.operator_id and agreements.id = c.agreement_id;
      create table bench_due as select operator_id, id, next_number, next_charge_at, due_at, noticed_number, payments_made
        from agreements where due_at <= now();
      commit`);
    await clean(owner);
    const [row] = (await owner.query<{ id: string }>('select uuidv7() as id')).rows;
    return new Again(owner, row?.id ?? '');
  }

  async restore(): Promise<void> {
    await this.owner.query(`begin; set local session_replication_role = replica;
      ${WRITTEN.map((table) => `delete from ${table} where id > '${this.since}'`).join('; ')};
      delete from events where subject_id > '${this.since}';
      update agreements a set next_number = b.next_number, next_charge_at = b.next_charge_at, due_at = b.due_at,
          noticed_number = b.noticed_number, payments_made = b.payments_made, status = 'ACTIVE'
        from bench_due b where a.operator_id = b.operator_id and a.id = b.id and a.due_at is distinct from b.due_at;
      commit`);
    await clean(this.owner);
  }
}

async function clean(owner: pg.Client): Promise<void> {
  await owner.query(`vacuum (analyze) ${[...WRITTEN, 'agreements', 'events'].join(', ')}`);
}

/** What a run has written, counted: every charge with its order, operation and transaction, and their events. */
export async function assertCharged(
  owner: pg.Client,
  since: Counted,
  charged: number,
  eventsOfEach = 2,
): Promise<void> {
  const now = await counted(owner);
  for (const [table, count] of Object.entries(now)) {
    const wanted = table === 'events' ? eventsOfEach * charged : charged;
    const made = count - since[table as keyof Counted];
    if (made !== wanted) throw new Error(`${table}: ${made} rows were made, not ${wanted}`);
  }
}

export type Counted = Readonly<Record<(typeof WRITTEN)[number] | 'events', number>>;

export async function counted(owner: pg.Client): Promise<Counted> {
  const counts = [...WRITTEN, 'events'].map((table) => `(select count(*)::int from ${table}) as ${table}`);
  const { rows } = await owner.query<Counted>(`select ${counts.join(', ')}`);
  return rows[0] as Counted;
}

const SETTLED_POLL_MS = 100;
const SETTLED_MAX_MS = 180_000;

/** Until nothing is due any more and every charge that was claimed has been carried out. */
export async function untilSettled(owner: pg.Client): Promise<void> {
  const open = `select exists (select from agreement_charges where status = 'OPEN')
    or exists (select from agreements where due_at <= now()) as open`;
  for (const until = performance.now() + SETTLED_MAX_MS; performance.now() < until; await pause(SETTLED_POLL_MS)) {
    const [row] = (await owner.query<{ open: boolean }>(open)).rows;
    if (!row?.open) return;
  }
  throw new Error('charges were not settled in time');
}

/** What the operator has due is not due today. */
export async function putOff(owner: pg.Client, operatorId: string): Promise<void> {
  await owner.query(
    `update agreements set due_at = now() + interval '10 years' where operator_id = $1 and due_at <= now()`,
    [operatorId],
  );
}
