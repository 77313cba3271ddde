import { csvLine } from '../../src/platform/csv/write-csv.js';
import { ownerOf } from '../support/agreements.js';
import { median, percentile, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { scaled } from '../support/scale.js';
import { startWorld, type World } from '../support/world.js';

const REQUESTS = scaled(500);
const CONNECTIONS = 16;
/** More than are done while all is measured. */
const ROWS = scaled(20_000);
const VARIANTS = ['alone', 'beside'] as const;

const CREATE_ORDER = `mutation ($input: CreateOrderInput!) { createOrder(input: $input) {
  ... on CreateOrderPayload { order { id billNumber status } } ... on Problem { code message } } }`;

interface Measured {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly rowsPerSecond: number;
}

/**
 * Orders over the API as fast as one server takes them, alone and while a
 * worker carries out a file of new agreements: how much of the live traffic a
 * file costs where there is nothing left over.
 */
export async function bulkBesideLive(): Promise<readonly Row[]> {
  const world = await startWorld();
  try {
    const worker = await world.start<object>(new URL('../support/product-worker.js', import.meta.url), world.settings);
    const owner = await ownerOf(world.ownerUrl);
    await owner.query("update merchants set allowed_sources = allowed_sources || '{MERCHANT}'");
    await owner.end();
    const id = await sendFile(world);
    const results = await rounds(VARIANTS, { count: 9, warmUpMs: 3_000 }, async (variant) => {
      await control(world, variant === 'beside' ? 'resume' : 'pause', id);
      if (variant === 'beside') await worker.ask({ order: 'bulk' });
      return live(world, id);
    });
    await control(world, 'resume', id);
    await worker.ask({ order: 'bulk' });
    const idle = await rateOf(world, id, 10_000);
    const [alone, beside] = [results.alone, results.beside];
    const throughput = ratiosOf(of(beside, 'perSecond'), of(alone, 'perSecond'));
    const p99 = ratiosOf(of(beside, 'p99Ms'), of(alone, 'p99Ms'));
    const rows = `${median(of(beside, 'rowsPerSecond')).toFixed(0)} rows/s beside, ${idle.toFixed(0)} rows/s with nobody there`;
    return [
      row('throughput', throughput, '≥ 0.8', median(throughput) >= 0.8, `${figures(beside, alone)}; ${rows}`),
      row('p99', p99, '≤ 1.25', median(p99) <= 1.25, `${ms(beside)} / ${ms(alone)}`),
    ];
  } finally {
    await world.close();
  }
}

async function live(world: World, id: string): Promise<Measured> {
  const before = await doneOf(world, id);
  const { seconds, latenciesMs } = await world.load({
    url: `${world.product.ready.url}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.tenant.merchantKey}` },
    body: JSON.stringify({
      query: CREATE_ORDER,
      variables: { input: { orderNumber: '$N', amount: { amount: '100.00', currency: 'USD' } } },
    }),
    requests: REQUESTS,
    connections: CONNECTIONS,
    expect: '"CREATED"',
  });
  const sorted = [...latenciesMs].sort((a, b) => a - b);
  return {
    perSecond: latenciesMs.length / seconds,
    p99Ms: percentile(sorted, 0.99),
    rowsPerSecond: ((await doneOf(world, id)) - before) / seconds,
  };
}

/** Agreements that wait for their payers: rows that are work for us alone. */
async function sendFile(world: World): Promise<string> {
  const header = ['terms.reference', 'terms.type', 'terms.amountVariability', 'payer.reference', 'currency'];
  const lines = Array.from({ length: ROWS }, (_, n) =>
    csvLine([`agreement-${n}`, 'RECURRING', 'VARIABLE', `payer-${n}`, 'USD']),
  );
  const query = `mutation ($input: BulkInput!) { createAgreements(input: $input) {
    ... on BulkPayload { operation { id } } ... on Problem { code message } } }`;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { input: { file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', new Blob([csvLine(header), ...lines]), 'agreements.csv');
  const answer = await asked(world, form, { 'apollo-require-preflight': '1' });
  const { createAgreements } = answer as { createAgreements: { operation: { id: string } } };
  return createAgreements.operation.id;
}

async function control(world: World, verb: 'pause' | 'resume', bulkOperationId: string): Promise<void> {
  const query = `mutation ($input: BulkOperationInput!) { ${verb}BulkOperation(input: $input) {
    ... on BulkOperationPayload { operation { status } } ... on Problem { code message } } }`;
  await asked(world, JSON.stringify({ query, variables: { input: { bulkOperationId } } }), JSON_TYPE);
}

async function doneOf(world: World, id: string): Promise<number> {
  const query = 'query ($id: ID!) { bulkOperation(id: $id) { status counts { done failed } } }';
  const data = await asked(world, JSON.stringify({ query, variables: { id } }), JSON_TYPE);
  const { bulkOperation } = data as { bulkOperation: { status: string; counts: { done: number; failed: number } } };
  if (bulkOperation.counts.failed > 0 || bulkOperation.status === 'COMPLETED')
    throw new Error(JSON.stringify(bulkOperation));
  return bulkOperation.counts.done;
}

async function rateOf(world: World, id: string, forMs: number): Promise<number> {
  const before = await doneOf(world, id);
  const began = performance.now();
  while (performance.now() - began < forMs) await new Promise((resolve) => setTimeout(resolve, 250));
  return ((await doneOf(world, id)) - before) / ((performance.now() - began) / 1000);
}

const JSON_TYPE = { 'content-type': 'application/json' };

async function asked(world: World, body: string | FormData, headers: Record<string, string>): Promise<object> {
  const response = await fetch(`${world.product.ready.url}/graphql`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${world.tenant.merchantKey}` },
    body,
  });
  const { data, errors } = (await response.json()) as { data?: Record<string, object>; errors?: object };
  if (!data || 'code' in (Object.values(data)[0] ?? {})) throw new Error(JSON.stringify(errors ?? data));
  return data;
}

function of(runs: readonly Measured[], figure: keyof Measured): number[] {
  return runs.map((run) => run[figure]);
}

function figures(...runs: readonly (readonly Measured[])[]): string {
  return runs.map((each) => `${median(of(each, 'perSecond')).toFixed(0)}/s`).join(' / ');
}

function ms(runs: readonly Measured[]): string {
  return `${median(of(runs, 'p99Ms')).toFixed(0)} ms`;
}

function row(what: string, ratios: readonly number[], target: string, met: boolean, text: string): Row {
  return { line: 'bulk', what, beside: 'itself without a file', ratio: spread(ratios), target, met, figures: text };
}
