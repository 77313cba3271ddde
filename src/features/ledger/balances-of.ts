import { Balance } from './balance.graphql.js';
import type { MerchantBalanceRow } from './balances-sql.js';

/** A merchant's balances by currency, from one row for each account. */
export function balancesOf(rows: readonly MerchantBalanceRow[]): Balance[] {
  const byCurrency = Map.groupBy(rows, ({ currency }) => currency);
  return [...byCurrency].map(
    ([currency, of]) => new Balance(currency, (name) => of.find(({ account }) => account === name)?.amount ?? 0n),
  );
}
