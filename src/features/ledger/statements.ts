import { dateLater, daysBetween, instantAt } from '../../kernel/calendar.js';
import { type Currency, isCurrency } from '../../kernel/currency.js';
import { type InputIssue, invalidInput } from '../../kernel/errors.js';
import type { Sql } from '../../platform/database/sql.js';
import type { Mode } from '../tenancy/index.js';
import type { MerchantAccount } from './domain/accounts.js';
import { STATEMENT_SUMS } from './statements-sql.js';

const DAYS_MAX = 366;

export interface StatementWanted {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly currency: string;
  /** Calendar days, both included. */
  readonly from: string;
  readonly to: string;
}

/** A statement's period as moments: from the first on, up to but not including the second. */
export interface Period extends StatementWanted {
  readonly currency: Currency;
  readonly begins: Date;
  readonly ends: Date;
}

export function periodOf(wanted: StatementWanted, timeZone: string): Period {
  const { currency, from, to } = wanted;
  const issues: InputIssue[] = [];
  const days = daysBetween(from, to) + 1;
  const after = dateLater(to, 1, 'DAY');
  if (!isCurrency(currency)) issues.push({ path: ['currency'], message: 'is not an ISO 4217 currency code' });
  if (days < 1) issues.push({ path: ['to'], message: `${to} is before from, ${from}` });
  if (days > DAYS_MAX) issues.push({ path: ['to'], message: `${days} days are more than ${DAYS_MAX}` });
  if (after === null) issues.push({ path: ['to'], message: `${to} is too late` });
  if (issues.length > 0 || !isCurrency(currency) || after === null) throw invalidInput(issues);
  const begins = instantAt(from, '00:00', timeZone);
  return { ...wanted, currency, begins, ends: instantAt(after, '00:00', timeZone) };
}

type SumRow = {
  readonly account: MerchantAccount;
  readonly balance: bigint;
  readonly sinceBegin: bigint;
  readonly sinceEnd: bigint;
  readonly entries: number;
  readonly snapshot: string;
};

export interface StatementSums {
  readonly opening: (account: MerchantAccount) => bigint;
  readonly closing: (account: MerchantAccount) => bigint;
  readonly entryCount: number;
  /** The moment they are of, for whoever reads the lines between them. */
  readonly snapshot: string;
}

/** What the balances were when the period began and ended: what they are now, less what came after. */
export async function readSums(sql: Sql, period: Period): Promise<StatementSums> {
  const { operatorId, merchantId, mode, currency, begins, ends } = period;
  const parameters = [operatorId, [merchantId], mode, currency, begins, ends];
  const rows = await sql.query<SumRow>(STATEMENT_SUMS, parameters);
  const of = (name: MerchantAccount) => rows.find(({ account }) => account === name);
  return {
    opening: (name) => (of(name)?.balance ?? 0n) - (of(name)?.sinceBegin ?? 0n),
    closing: (name) => (of(name)?.balance ?? 0n) - (of(name)?.sinceEnd ?? 0n),
    entryCount: rows.reduce((sum, { entries }) => sum + entries, 0),
    snapshot: rows[0]?.snapshot ?? '',
  };
}
