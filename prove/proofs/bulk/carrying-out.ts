import { booksAgree, booksOf } from '../../../test/reliability/orders/books.js';
import { type BulkMutation, sendFile } from '../../../test/support/bulk.js';
import type { Product, Shop } from '../../../test/support/product.js';
import { asOwner } from '../../world/as-owner.js';
import { updatesCsv } from './receiving.js';

/** A file that is to be carried out, each row once. */
interface File {
  readonly shop: Shop;
  readonly id: string;
  readonly name: string;
  readonly mutation: BulkMutation;
  readonly rows: number;
}

/** A shop, and how many agreements it has, called after it. */
export interface Stock {
  readonly shop: Shop;
  readonly name: string;
  readonly agreements: number;
}

/** Sends files of charges and of changes, each row of another agreement than those before it. */
export async function sendFiles(
  { shop, name: shopName, agreements }: Stock,
  { files, rows }: { readonly files: number; readonly rows: number },
): Promise<readonly File[]> {
  const sent: File[] = [];
  for (let file = 0; file < files; file += 1) {
    // The first of them is not numbered.
    const agreement = (row: number) => `${shopName}-${((file * rows + row) % (agreements - 1)) + 2}`;
    const mutation = file % 2 === 0 ? 'chargeAgreements' : 'updateAgreements';
    const name = `${shopName}-${file}-row`;
    const text = mutation === 'chargeAgreements' ? chargesOf(rows, name, agreement) : updatesCsv(rows, name, agreement);
    const { operation, message } = await sendFile(shop, mutation, text);
    if (!operation) throw new Error(message);
    sent.push({ shop, id: operation.id, name, mutation, rows });
  }
  return sent;
}

function chargesOf(rows: number, name: string, agreement: (row: number) => string): string {
  const lines = Array.from({ length: rows }, (_, row) => `${name}-${row},${agreement(row)},7.00\r\n`);
  return `orderNumber,agreementReference,amount\r\n${lines.join('')}`;
}

/** What each row has left behind, by its name: orders that were paid, changes that were made. */
const EFFECTS = `select order_number as name, count(*)::int as count from orders
    where order_number like '%-row-%' and captured_minor > 0 group by 1
  union all
  select after -> 'metadata' ->> 'at', count(*)::int from agreement_changes
    where after -> 'metadata' ->> 'at' like '%-row-%' group by 1`;

const OUTCOMES = `select r.reference as name, count(*)::int as count, count(*) filter (where r.outcome = 'SUCCEEDED')::int as succeeded,
    string_agg(r.outcome || ' ' || coalesce(r.problem ->> 'message', ''), '; ') as outcome
  from bulk_rows r where r.reference like '%-row-%' group by 1`;

/** Every row is there once, said to have succeeded, and has been carried out once. */
export async function rowsHold(product: Product, files: readonly File[]): Promise<readonly string[]> {
  const effects = new Map(
    (await asOwner<{ name: string; count: number }>(product, EFFECTS)).map(({ name, count }) => [name, count]),
  );
  const outcomes = new Map(
    (await asOwner<{ name: string; count: number; succeeded: number; outcome: string }>(product, OUTCOMES)).map(
      (row) => [row.name, row],
    ),
  );
  return files.flatMap(({ name, rows }) =>
    Array.from({ length: rows }, (_, row) => `${name}-${row}`).flatMap((each) => {
      const [done, row] = [effects.get(each) ?? 0, outcomes.get(each)];
      if (done === 1 && row?.count === 1 && row.succeeded === 1) return [];
      return [`row ${each}: carried out ${done} times, ${row ? `${row.count} × ${row.outcome}` : 'and not there'}`];
    }),
  );
}

/** The payment system's books, and nothing in them but what files and agreements began. */
export async function booksHold(product: Product, stock: readonly Stock[]) {
  const violations: string[] = [];
  let charges = 0;
  for (const { shop } of stock) {
    const books = await booksOf(product, shop);
    charges += books.charges.filter(({ status }) => status === 'succeeded').length;
    violations.push(...(await booksAgree(product, shop, books)));
  }
  return { charges, violations };
}

/** What a dry run has said of the rows of a file, and whether it left anything; it may have been cancelled. */
export async function dryRunHolds(product: Product, name: string, rows: number): Promise<readonly string[]> {
  const [found] = await asOwner<{ rows: number; named: number; told: number; changes: number }>(
    product,
    `select count(*)::int as rows, count(distinct reference)::int as named,
       count(*) filter (where outcome in ('SUCCEEDED', 'CANCELED'))::int as told,
       (select count(*)::int from agreement_changes where after -> 'metadata' ->> 'at' like $1) as changes
     from bulk_rows where reference like $1`,
    [`${name}-%`],
  );
  const right = found?.rows === rows && found.named === rows && found.told === rows && found.changes === 0;
  return right ? [] : [`the dry run of ${rows} rows named ${name} left ${JSON.stringify(found)}`];
}
