import DataLoader from 'dataloader';
import type { Row, Statement } from '../../platform/database/sql.js';
import { type ApiContext, requireScope } from '../tenancy/index.js';
import { BALANCES_OF_MERCHANTS, type MerchantBalanceRow } from './balances-sql.js';
import { ENTRIES_OF_ORDERS, ENTRIES_OF_POSTINGS } from './entries-sql.js';
import { LedgerEntryType } from './ledger-entry.graphql.js';
import type { EntryRow } from './ledger-rows.js';
import { PayoutType } from './payout.graphql.js';
import { PAYOUTS_BY_ID, type PayoutRow } from './payouts-sql.js';
import { SettlementType } from './settlement.graphql.js';
import { SETTLEMENTS_BY_ID, type SettlementRow } from './settlements-sql.js';

const BALANCES = Symbol('balances of merchants');
const OF_POSTINGS = Symbol('entries of postings');
const OF_ORDERS = Symbol('entries of orders');
const PAYOUTS = Symbol('payouts');
const SETTLEMENTS = Symbol('settlements');

/** Balances in the mode of the key that asks. Whether it may see the merchant is the caller's to ask. */
export function balancesLoader(context: ApiContext): DataLoader<string, MerchantBalanceRow[]> {
  const { operatorId, mode } = context.principal;
  return many(
    context,
    BALANCES,
    BALANCES_OF_MERCHANTS,
    (ids) => [operatorId, ids, mode],
    (row) => row.merchantId,
  );
}

/** All lines of postings, as far as the key may see them: a merchant sees its own accounts, an operator all. */
export function entriesOfPostings(context: ApiContext): DataLoader<string, EntryRow[]> {
  return entries(context, OF_POSTINGS, ENTRIES_OF_POSTINGS, ({ postingId }) => postingId);
}

function entriesOfOrders(context: ApiContext): DataLoader<string, EntryRow[]> {
  return entries(context, OF_ORDERS, ENTRIES_OF_ORDERS, ({ orderId }) => orderId ?? '');
}

/** What was posted of an order, oldest first; whether the key may see the order is the caller's to ask. */
export async function ledgerEntriesOfOrder(context: ApiContext, orderId: string): Promise<LedgerEntryType[]> {
  const rows = await entriesOfOrders(context).load(orderId);
  return rows.map((row) => new LedgerEntryType(row));
}

function entries(
  context: ApiContext,
  key: symbol,
  statement: Statement,
  keyOf: (row: EntryRow) => string,
): DataLoader<string, EntryRow[]> {
  const { operatorId, mode, merchantId } = context.principal;
  const isVisible = (row: EntryRow) => row.mode === mode && (merchantId === null || row.merchantId === merchantId);
  return many<EntryRow>(context, key, statement, (ids) => [operatorId, ids], keyOf, isVisible);
}

function many<Item extends Row>(
  context: ApiContext,
  key: symbol,
  statement: Statement,
  parameters: (ids: readonly string[]) => readonly unknown[],
  keyOf: (row: Item) => string,
  isVisible: (row: Item) => boolean = () => true,
): DataLoader<string, Item[]> {
  return context.loader(
    key,
    () =>
      new DataLoader<string, Item[]>(async (ids) => {
        const rows = await context.reads.query<Item>(statement, parameters(ids));
        const groups = Map.groupBy(rows.filter(isVisible), keyOf);
        return ids.map((id) => groups.get(id) ?? []);
      }),
  );
}

/** A payout of the key's mode; payouts are the operator's, so that no merchant sees one. */
export async function payoutSeen(context: ApiContext, id: string | null): Promise<PayoutType | null> {
  const { operatorId, mode, merchantId } = context.principal;
  if (id === null || merchantId !== null) return null;
  const loader = many<PayoutRow>(
    context,
    PAYOUTS,
    PAYOUTS_BY_ID,
    (ids) => [operatorId, ids],
    (row) => row.id,
  );
  const [row] = await loader.load(id);
  return row?.mode === mode ? new PayoutType(row) : null;
}

export async function settlementSeen(context: ApiContext, id: string | null): Promise<SettlementType | null> {
  const { operatorId, mode, merchantId } = context.principal;
  if (id === null) return null;
  const loader = many<SettlementRow>(
    context,
    SETTLEMENTS,
    SETTLEMENTS_BY_ID,
    (ids) => [operatorId, ids],
    (row) => row.id,
  );
  const [row] = await loader.load(id);
  const isVisible = row?.mode === mode && (merchantId === null || row.merchantId === merchantId);
  return isVisible ? new SettlementType(row) : null;
}

/** For `node(id)`. */
export const ledgerNodes = {
  payout: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'payment-systems:read');
    return payoutSeen(context, uuid);
  },
  settlement: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'merchants:read');
    return settlementSeen(context, uuid);
  },
};
