import { type OrderExportClaims, orderExportQuery } from '../../src/features/orders/order-export.js';
import { newUuid, uuidOf } from '../../src/kernel/ids.js';
import { ownerOf } from '../support/agreements.js';
import type { Child } from '../support/children.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import type { Memory } from '../support/memory-watch.js';
import { ROUNDS, scaled } from '../support/scale.js';
import { startWorld, type World } from '../support/world.js';
import type { Copied, CopierSettings, CopyOrder } from './csv/copier.js';
import { asked, loaded, put } from './csv/files.js';

const FEW = 1_000;
const MANY = scaled(1_000_000);
/** A round stores so many. */
const STORED = scaled(100_000);
const GROWS_MAX_MB = 50;
/** A young process takes memory for whatever it does first; so many small files, and it has what it works in. */
const WARM_UP = 150;
const VARIANTS = ['copy', 'product'] as const;

interface Stage {
  readonly world: World;
  readonly copier: Child<object>;
  readonly operatorId: string;
  readonly merchantId: string;
}

/** Files in and out, over HTTP, beside PostgreSQL's own COPY of the same rows; and what a file's size costs in memory. */
export async function csv(): Promise<readonly Row[]> {
  const world = await startWorld();
  try {
    const { ownerUrl, settings, tenant } = world;
    const given: CopierSettings = { ownerUrl, appUrl: settings.appUrl };
    const copier = await world.start<object>(new URL('./csv/copier.js', import.meta.url), given);
    const [operatorId, merchantId] = [uuidOf('operator', tenant.operatorId), uuidOf('merchant', tenant.merchantId)];
    if (!operatorId || !merchantId) throw new Error('no tenant was made');
    const stage = { world, copier, operatorId, merchantId };
    await fillOrders(stage);
    return [await storing(stage), await exporting(stage), ...(await memory(stage))];
  } finally {
    await world.close();
  }
}

async function storing(stage: Stage): Promise<Row> {
  const results = await rounds(VARIANTS, ROUNDS, async (variant) => {
    if (variant === 'product') return STORED / (await put(await uploadUrl(stage), STORED));
    const { operatorId, copier } = stage;
    const order: CopyOrder = {
      into: 'bulk_rows (operator_id, operation_id, line, cells, reference, outcome)',
      lines: {
        count: STORED,
        before: `${operatorId}\t${newUuid()}\t`,
        after: '\t{bench-#,member-#,20.00,"Monthly fee"}\tbench-#\tPENDING',
      },
    };
    const { rows, seconds } = await copier.ask<Copied>(order);
    return rows / seconds;
  });
  return beside('rows validated and stored', 'COPY of the same rows', results, 0.5);
}

async function exporting(stage: Stage): Promise<Row> {
  const claims: OrderExportClaims = {
    operatorId: stage.operatorId,
    merchantId: stage.merchantId,
    mode: 'TEST',
    timeZone: 'UTC',
    filter: {},
  };
  const { query } = orderExportQuery(claims);
  const results = await rounds(VARIANTS, ROUNDS, async (variant) => {
    if (variant === 'product') return exported(await exportUrl(stage), MANY);
    const { rows, seconds } = await stage.copier.ask<Copied>({ out: query, operatorId: stage.operatorId });
    assertRows(rows, MANY);
    return rows / seconds;
  });
  return beside('rows exported', 'COPY TO of the same query', results, 0.9);
}

async function exported(url: string, rows: number): Promise<number> {
  const { lines, seconds } = await loaded(url);
  assertRows(lines - 1, rows);
  return rows / seconds;
}

/** Each of a process of its own: else one would have the other’s garbage. */
async function memory(stage: Stage): Promise<readonly Row[]> {
  const few = `(filter: { createdFrom: "${FEW_FROM}" })`;
  const received = async (at: Stage, rows: number) => put(await uploadUrl(at), rows);
  const sent = async (at: Stage, rows: number) => exported(await exportUrl(at, rows === FEW ? few : ''), rows);
  return [await grown(stage, 'a file received', received), await grown(stage, 'an export', sent)];
}

async function grown(stage: Stage, what: string, work: (stage: Stage, rows: number) => Promise<unknown>): Promise<Row> {
  const server = new URL('../support/product-server.js', import.meta.url);
  const product = await stage.world.start<{ url: string }>(server, stage.world.settings);
  const own: Stage = { ...stage, world: { ...stage.world, product } };
  const peak = async (rows: number) => {
    await product.ask<Memory>({ order: 'memory' });
    await work(own, rows);
    return (await product.ask<Memory>({ order: 'memory' })).peakMb;
  };
  for (let warm = 0; warm < WARM_UP; warm += 1) await work(own, FEW);
  const [before, after] = [await peak(FEW), await peak(MANY)];
  product.kill();
  const more = after - before;
  return {
    line: 'csv',
    what: `memory, ${what} of ${MANY} rows`,
    beside: `${FEW} rows`,
    ratio: `${more < 0 ? '−' : '+'}${Math.abs(more).toFixed(0)} MB`,
    target: `+ ≤ ${GROWS_MAX_MB} MB`,
    met: more <= GROWS_MAX_MB,
    figures: `RSS at most ${before.toFixed(0)} and ${after.toFixed(0)} MB`,
  };
}

function beside(
  what: string,
  anchor: string,
  { copy, product }: Readonly<Record<(typeof VARIANTS)[number], readonly number[]>>,
  target: number,
): Row {
  const ratios = ratiosOf(product, copy);
  return {
    line: 'csv',
    what,
    beside: anchor,
    ratio: spread(ratios),
    target: `≥ ${target}`,
    met: median(ratios) >= target,
    figures: `${median(product).toFixed(0)} / ${median(copy).toFixed(0)} rows a second`,
  };
}

function assertRows(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`${found} rows came, not ${wanted}`);
}

async function uploadUrl({ world }: Stage): Promise<string> {
  const { chargeAgreements } = await asked<{ chargeAgreements: { operation?: { uploadUrl: string } } }>(
    world,
    'mutation { chargeAgreements(input: {}) { ... on BulkPayload { operation { uploadUrl } } ... on Problem { message } } }',
  );
  if (!chargeAgreements.operation) throw new Error(JSON.stringify(chargeAgreements));
  return chargeAgreements.operation.uploadUrl;
}

async function exportUrl({ world }: Stage, args = ''): Promise<string> {
  const { merchant } = await asked<{ merchant: { orderExport: { url: string } } }>(
    world,
    `{ merchant { orderExport${args} { url } } }`,
  );
  return merchant.orderExport.url;
}

const FEW_FROM = '2030-01-01T00:00:00Z';

/** As many orders as are wanted, all like one that was made over the API; the last thousand of a later time. */
async function fillOrders({ world, operatorId }: Stage): Promise<void> {
  await asked(
    world,
    `mutation { createOrder(input: { orderNumber: "first", amount: { amount: "100.00", currency: "USD" },
      description: "A description of usual length", payer: { reference: "p" } }) { ... on Problem { message } } }`,
  );
  const owner = await ownerOf(world.ownerUrl);
  const { rows } = await owner.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_name = 'orders' order by ordinal_position`,
  );
  const made: Readonly<Record<string, string>> = {
    id: 'uuidv7()',
    order_number: `'bench-' || n`,
    bill_number: `lpad(n::text, 12, '0')`,
    created_at: `case when n > ${MANY - FEW} then timestamptz '2030-01-02' else o.created_at end + n * interval '1 ms'`,
  };
  const names = rows.map(({ name }) => name);
  await owner.query("set session_replication_role = 'replica'");
  await owner.query(
    `insert into orders (${names.join(', ')}) select ${names.map((name) => made[name] ?? `o.${name}`).join(', ')}
     from orders o, generate_series(1, ${MANY}) as n where o.operator_id = $1`,
    [operatorId],
  );
  await owner.query("delete from orders where operator_id = $1 and order_number = 'first'", [operatorId]);
  await owner.query('vacuum analyze orders');
  await owner.end();
}
