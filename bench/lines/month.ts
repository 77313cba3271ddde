import type pg from 'pg';
import { makeShops, ownerOf, POSTGRES_FOR_BILLING, type Shop } from '../support/agreements.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { type Measured, measured, rates, textOf } from '../support/measured.js';
import { ROUNDS, scaled } from '../support/scale.js';
import { startGround } from '../support/world.js';

const PAYERS = scaled(10_000);
const ITEMS = 5;

const VARIANTS = ['ours', 'bare'] as const;

/**
 * A month of ten thousand payers is closed: locked, added up, numbered and told,
 * five hundred in a transaction, beside the same statements sent by a bare loop.
 * What the database itself makes sure of at each commit is in both.
 */
export async function month(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING });
  try {
    const owner = await ownerOf(ground.ownerUrl);
    const [shop] = await makeShops(ground, 1);
    if (!shop) throw new Error('no operator was made');
    await fill(owner, shop);
    const child = (file: string) => ground.start<object>(new URL(file, import.meta.url), ground.settings);
    const [ours, bare] = [await child('./month/closer.js'), await child('./month/bare.js')];
    const { operatorId } = shop;
    await bare.ask({ order: 'prepare', operatorId });
    const results = await rounds(VARIANTS, ROUNDS, async (name) => {
      const run = await measured(ground, [name === 'ours' ? ours : bare], () => ({ order: 'close', operatorId }));
      await assertClosed(owner);
      await restore(owner);
      return run;
    });
    await owner.end();
    return [row(results.ours, results.bare)];
  } finally {
    await ground.close();
  }
}

/** Drafts of the last month, each with its items, of payers who have no credit. */
async function fill(owner: pg.Client, { operatorId, merchantId }: Shop): Promise<void> {
  const invoice = `uuidv7((n - ${PAYERS}) * interval '1 millisecond')`;
  await owner.query(`begin; set local session_replication_role = replica;
    create temp table made as select n, ${invoice} as payer, ${invoice} as invoice from generate_series(0, ${PAYERS - 1}) n;
    insert into payers (operator_id, id, merchant_id, mode, reference, email, created_at, updated_at)
    select '${operatorId}', payer, '${merchantId}', 'TEST', 'payer-' || n, 'payer-' || n || '@shop.example', now(), now() from made;
    insert into invoices (operator_id, id, merchant_id, mode, payer_id, currency, status, month, time_zone, title,
      totals_at, close_at, due_at, created_at, updated_at)
    select '${operatorId}', invoice, '${merchantId}', 'TEST', payer, 'USD', 'DRAFT', '2026-10-01', 'UTC', 'October 2026',
      now(), now() - interval '1 hour' + n * interval '1 millisecond', now() - interval '1 hour' + n * interval '1 millisecond',
      now(), now() from made;
    insert into invoice_items (operator_id, id, invoice_id, merchant_id, mode, description, date, quantity, unit_price,
      tax_rate, net_minor, tax_minor, metadata, created_at)
    select '${operatorId}', uuidv7(), invoice, '${merchantId}', 'TEST', 'Traffic', '2026-10-17', 1, 20, 20, 2000, 400, '{}', now()
    from made, generate_series(1, ${ITEMS});
    create table bench_invoices as select * from invoices;
    drop table made; commit`);
  await clean(owner);
}

async function restore(owner: pg.Client): Promise<void> {
  await owner.query(`begin; set local session_replication_role = replica;
    delete from events where type = 'invoice.status_changed'; delete from invoice_series; delete from invoices;
    insert into invoices select * from bench_invoices; commit`);
  await clean(owner);
}

async function clean(owner: pg.Client): Promise<void> {
  await owner.query('vacuum (analyze) invoices, invoice_items, invoice_series, events, payers');
}

async function assertClosed(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<Readonly<Record<string, number>>>(
    `select (select count(distinct number)::int from invoices where status = 'OPEN' and total_minor = ${ITEMS * 2400}) as closed,
       (select max(last_number) from invoice_series) as last,
       (select count(*)::int from events where type = 'invoice.status_changed') as told`,
  );
  for (const [what, count] of Object.entries(rows[0] ?? {}))
    if (count !== PAYERS) throw new Error(`${what}: ${count}, not ${PAYERS}`);
}

function row(ours: readonly Measured[], bare: readonly Measured[]): Row {
  const ratios = ratiosOf(rates(ours), rates(bare));
  return {
    line: 'month',
    what: `closing a month for ${PAYERS} payers`,
    beside: 'the same statements',
    ratio: spread(ratios),
    target: '≥ 0.8',
    met: median(ratios) >= 0.8,
    figures: `${textOf(ours)} / ${textOf(bare)}`,
  };
}
