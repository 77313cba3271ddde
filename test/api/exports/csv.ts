import { expect } from '@jest/globals';
import { openCsv } from '../../../src/platform/csv/read-csv.js';
import type { Client, Json } from '../../support/product.js';

export interface ExportLink {
  readonly url: string;
  readonly expiresAt: string;
}

/** A link to an export of a merchant's own: `exportOf(shop, 'orderExport', 'filter: OrderFilter', …)`. */
export async function exportOf(
  asker: Client,
  field: string,
  variables: Json = {},
  owner: 'merchant' | 'operator' = 'merchant',
): Promise<ExportLink> {
  const types: Record<string, string> = {
    from: 'Date',
    to: 'Date',
    currency: 'CurrencyCode',
    filter: field === 'orderExport' ? 'OrderFilter' : 'AgreementFilter',
  };
  const names = Object.keys(variables);
  const declared = names.length > 0 ? `(${names.map((name) => `$${name}: ${types[name]}`).join(', ')})` : '';
  const given = names.length > 0 ? `(${names.map((name) => `${name}: $${name}`).join(', ')})` : '';
  const data = await asker.ask<Record<string, Record<string, ExportLink>>>(
    `query ${declared} { ${owner} { ${field}${given} { url expiresAt } } }`,
    variables,
  );
  return data[owner]?.[field] as ExportLink;
}

/** The file that a link leads to, row by row under its columns. */
export async function loaded({ url }: Pick<ExportLink, 'url'>): Promise<Record<string, string>[]> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  return rowsOf(Buffer.from(await response.arrayBuffer()));
}

export async function rowsOf(file: Buffer): Promise<Record<string, string>[]> {
  const limits = { rowsMax: 1_000_000, lineBytesMax: 100_000, cellCharsMax: 50_000, columnsMax: 300 };
  const { header, batches } = await openCsv(source(file), limits);
  const rows: Record<string, string>[] = [];
  const allFaults: unknown[] = [];
  for await (const batch of batches) {
    for (const { cells, faults } of batch) {
      allFaults.push(...faults);
      rows.push(Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])));
    }
  }
  expect(allFaults).toEqual([]);
  return rows;
}

async function* source(file: Buffer): AsyncGenerator<Buffer> {
  yield file;
}
