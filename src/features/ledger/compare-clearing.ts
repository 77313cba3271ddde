import type { Currency } from '../../kernel/currency.js';
import type { Statement } from '../../platform/database/sql.js';
import type { AccountRow } from '../payment-systems/index.js';
import type { FoundRow } from './checks-sql.js';
import {
  CLEARING_OF_MOVEMENTS,
  CLEARING_OF_POSTINGS,
  CLEARING_SINCE,
  type ClearingRow,
  HORIZON,
  type SummedPage,
} from './clearing-sql.js';
import type { LedgerParts } from './ledger-parts.js';

const BEFORE_ALL: readonly [string, string] = ['0', '00000000-0000-0000-0000-000000000000'];

type Sums = Map<Currency, bigint>;

/**
 * What is at the payment system by our postings, beside what its movements and
 * those still to come add up to. All of it every night, but in pages: below the
 * horizon nothing is added meanwhile, and what came since is of one moment.
 */
export async function compareClearing(parts: LedgerParts, account: AccountRow): Promise<FoundRow[]> {
  const { operatorId, id } = account;
  const [horizon] = await parts.units.sql(operatorId, (tx) => tx.query<{ upTo: string }>(HORIZON));
  const upTo = horizon?.upTo ?? '0';
  const posted = await summed(parts, account, CLEARING_OF_POSTINGS, upTo);
  const told = await summed(parts, account, CLEARING_OF_MOVEMENTS, upTo);
  const since = await parts.units.sql(operatorId, (tx) =>
    tx.query<ClearingRow>(CLEARING_SINCE, [operatorId, id, upTo]),
  );
  for (const { currency, minor, isTold } of since) add(isTold ? told : posted, currency, minor);
  return [...new Set([...posted.keys(), ...told.keys()])]
    .sort()
    .flatMap((currency) => difference(currency, posted.get(currency) ?? 0n, told.get(currency) ?? 0n));
}

async function summed(
  { units }: LedgerParts,
  { operatorId, id }: AccountRow,
  page: Statement,
  upTo: string,
): Promise<Sums> {
  const sums: Sums = new Map();
  let after: SummedPage['last'] = BEFORE_ALL;
  while (after !== null) {
    const parameters: unknown[] = [operatorId, id, ...after, upTo];
    const [read] = await units.sql(operatorId, (tx) => tx.query<SummedPage>(page, parameters));
    for (const { currency, minor } of read?.sums ?? []) add(sums, currency, minor);
    after = read?.last ?? null;
  }
  return sums;
}

function add(sums: Sums, currency: Currency, minor: string): void {
  sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(minor));
}

function difference(currency: Currency, posted: bigint, told: bigint): FoundRow[] {
  if (posted === told) return [];
  const detail = `at the payment system: ${posted} ${currency} beside ${told}`;
  return [{ kind: 'CLEARING_AND_MOVEMENTS', merchantId: null, orderId: null, movementExternalId: null, detail }];
}
