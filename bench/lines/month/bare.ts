import 'reflect-metadata';
import type pg from 'pg';
import { closeDueInvoices } from '../../../src/features/invoices/close-invoices.js';
import { CLOSE_DRAFTS, LOCK_DUE_DRAFTS, USE_CREDIT } from '../../../src/features/invoices/close-invoices-sql.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { PUBLISH } from '../../../src/platform/database/publish.js';
import { type Row, run, type Statement } from '../../../src/platform/database/sql.js';
import { TENANT_SETTING } from '../../../src/platform/database/tenant-scoped-entity.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import type { DomainEvent } from '../../../src/platform/events/domain-event.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { Worked } from '../../support/measured.js';

/**
 * The anchor. Before the run our own code closes the month and is rolled back,
 * so that it is known what it tells of every invoice; in the run the same
 * statements are sent in the same transactions, and nothing of ours runs.
 */
const { appUrl } = settings<{ appUrl: string }>();
const pool = pipelinedPool(appUrl, 1);

/** What is told of each invoice: its merchant, and a payload of the length that ours has. */
const told = new Map<string, { readonly merchantId: string | null; readonly payload: string }>();
let day = '';

export type Order = { readonly order: 'prepare' | 'close'; readonly operatorId: string };

serve<Order>({}, async ({ order, operatorId }) => {
  if (order === 'prepare') {
    await prepare(operatorId);
    return {};
  }
  const [began, cpu] = [performance.now(), cpuMicros()];
  let made = 0;
  for (let closed = 1; closed > 0; made += closed) closed = await oneBatch(operatorId);
  const seconds = (performance.now() - began) / 1000;
  return { made, seconds, cpuMicros: cpuMicros() - cpu } satisfies Worked;
});

async function prepare(operatorId: string): Promise<void> {
  const client = await pool.connect();
  const now = new Date();
  day = now.toISOString().slice(0, 10);
  await begin(client, operatorId);
  const transaction = {
    operatorId,
    now,
    realNow: now,
    query: (statement: Statement, parameters: readonly unknown[]) => run<Row>(client, statement, parameters),
    publish: ({ subjectId, merchantId, payload }: DomainEvent) =>
      void told.set(subjectId, { merchantId, payload: JSON.stringify(payload) }),
  } as unknown as Transaction;
  while ((await closeDueInvoices(transaction)) > 0);
  await client.query('rollback');
  client.release();
}

function begin(client: pg.PoolClient, operatorId: string): Promise<unknown> {
  return Promise.all([
    client.query({ name: 'begin', text: 'begin' }),
    client.query({ name: 'scope', text: `select set_config('${TENANT_SETTING}', $1, true)`, values: [operatorId] }),
  ]);
}

async function oneBatch(operatorId: string): Promise<number> {
  const client = await pool.connect();
  const now = new Date();
  const sent: Promise<unknown>[] = [begin(client, operatorId)];
  const send = <Found extends Row>(statement: Statement, values: unknown[]) =>
    client.query<Found>({ ...statement, values: [operatorId, now, ...values] });
  const { rows } = await send<{ id: string }>(LOCK_DUE_DRAFTS, []);
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) {
    sent.push(send(CLOSE_DRAFTS, [ids, ids.map(() => day)]), send(USE_CREDIT, [ids, ids.map(() => newUuid())]));
    const events = ids.map((id) => told.get(id));
    const types = ids.map(() => 'invoice.status_changed');
    const merchants = events.map((event) => event?.merchantId ?? null);
    sent.push(send(PUBLISH, [types, ids, merchants, events.map((event) => event?.payload ?? '{}')]));
  }
  await Promise.all([...sent, client.query({ name: 'commit', text: 'commit' })]);
  client.release();
  return ids.length;
}
