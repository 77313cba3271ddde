import { invalidInput } from '../../kernel/errors.js';
import type { Sql } from '../../platform/database/sql.js';
import { type PageArgs, type PageRequest, pageRequest } from '../../platform/graphql/connection.js';
import type { Principal } from '../tenancy/index.js';
import { ENTRIES_OF_MERCHANT } from './entries-sql.js';
import type { EntryRow } from './ledger-rows.js';

const BEYOND_ALL = '9223372036854775807_ffffffff-ffff-ffff-ffff-ffffffffffff_32767';
const KEY = /^(\d{1,20})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\d{1,5})$/;

export interface EntryFilter {
  readonly currency: string | null;
  readonly account: string | null;
}

/** A page in the order in which entries were written, newest first. */
export function pageOfEntries(args: PageArgs): PageRequest & { readonly before: readonly string[] } {
  const page = pageRequest(args);
  const [, ...before] = KEY.exec(page.afterKey ?? BEYOND_ALL) ?? [];
  if (before.length === 0) throw invalidInput([{ path: ['after'], message: 'is a cursor of another list' }]);
  return { ...page, before };
}

export function entryKey({ transactionId, postingId, line }: EntryRow): string {
  return `${transactionId}_${postingId}_${line}`;
}

export async function listEntries(
  sql: Sql,
  { operatorId, mode }: Principal,
  merchantId: string,
  filter: EntryFilter,
  page: ReturnType<typeof pageOfEntries>,
): Promise<EntryRow[]> {
  const parameters = [operatorId, merchantId, mode, ...page.before, filter.currency, filter.account];
  const rows = await sql.query<EntryRow>(ENTRIES_OF_MERCHANT, parameters);
  return rows.slice(0, page.limit);
}
