import { csvLine } from '../../src/platform/csv/write-csv.js';
import { type BulkMutation, type BulkRowView, type BulkView, bulkOperation, rowsOf, sendFile } from './bulk.js';
import { eventually } from './eventually.js';
import type { Client, Json, Product } from './product.js';

export type Cells = Readonly<Record<string, string>>;

/** A file of rows that name their cells; what a row does not name is empty. */
export function fileOf(rows: readonly Cells[]): string {
  const header = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [header, ...rows.map((row) => header.map((name) => row[name] ?? ''))].map((cells) => csvLine(cells)).join('');
}

export interface Done {
  readonly operation: BulkView;
  readonly rows: readonly BulkRowView[];
}

/** Carries out what is due, by the product's own job. */
export async function runFiles(...products: readonly Product[]): Promise<void> {
  await Promise.all(products.map((product) => product.built.jobs.wake('bulk.run')));
}

/** Sends a file and has its rows carried out. */
export async function sent(
  product: Product,
  client: Client,
  mutation: BulkMutation,
  rows: readonly Cells[] | string,
  input: Json = {},
): Promise<Done> {
  const { operation, ...problem } = await sendFile(
    client,
    mutation,
    typeof rows === 'string' ? rows : fileOf(rows),
    input,
  );
  if (!operation) throw new Error(JSON.stringify(problem));
  return finished(product, client, operation.id);
}

/** Has the rows of an operation carried out until none is left. */
export async function finished(product: Product, client: Client, id: string): Promise<Done> {
  let operation: BulkView | null = null;
  await eventually(async () => {
    await runFiles(product);
    operation = await bulkOperation(client, id);
    if (operation?.status === 'RUNNING' || operation?.status === 'CANCELING')
      throw new Error(JSON.stringify(operation));
  });
  if (!operation) throw new Error(`no such operation: ${id}`);
  return { operation, rows: await rowsOf(client, id) };
}

/** "2 SUCCEEDED", "3 FAILED NOT_FOUND": what came of each row. */
export function outcomes({ rows }: Pick<Done, 'rows'>): string[] {
  return rows.map(({ line, outcome, problem }) => [line, outcome, problem?.code].filter(Boolean).join(' '));
}
