import DataLoader from 'dataloader';
import { notFound } from '../../kernel/errors.js';
import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { ApiContext } from '../tenancy/index.js';
import type {
  PaymentSystemAccountStatus,
  PaymentSystemKind,
  PaymentSystemMode,
} from './payment-system-account.entity.js';

/** An account as it is shown: without anything that opens it. */
export interface AccountFacts {
  readonly id: string;
  readonly operatorId: string;
  readonly kind: PaymentSystemKind;
  readonly mode: PaymentSystemMode;
  readonly status: PaymentSystemAccountStatus;
  readonly publishableKey: string;
  readonly secretKeyHint: string;
  readonly externalAccountId: string;
  readonly country: string | null;
  readonly polled: boolean;
  readonly verifiedAt: Date;
  readonly createdAt: Date;
}

const COLUMNS = `id, operator_id as "operatorId", kind, mode, status, publishable_key as "publishableKey",
  secret_key_hint as "secretKeyHint", external_account_id as "externalAccountId", country, polled,
  verified_at as "verifiedAt", created_at as "createdAt"`;

const BY_ID = statement(
  'account_facts_by_id',
  `select ${COLUMNS} from payment_system_accounts where operator_id = $1 and id = any($2::uuid[])`,
);

const OF_OPERATOR = statement(
  'account_facts_of_operator',
  `select ${COLUMNS} from payment_system_accounts where operator_id = $1 order by id desc`,
);

const LOADER = Symbol('payment system accounts');

/** Accounts by UUID, of the principal's operator. */
export function accountLoader(context: ApiContext): DataLoader<string, AccountFacts | null> {
  const { reads, principal } = context;
  return context.loader(LOADER, () => new DataLoader((ids) => accountFacts(reads, principal.operatorId, ids)));
}

/** All accounts of an operator, of both modes and also those that are disconnected, newest first. */
export function accountFactsOf(sql: Sql, operatorId: string): Promise<readonly AccountFacts[]> {
  return sql.query<AccountFacts & Row>(OF_OPERATOR, [operatorId]);
}

export async function accountFacts(
  sql: Sql,
  operatorId: string,
  ids: readonly string[],
): Promise<(AccountFacts | null)[]> {
  const rows = await sql.query<AccountFacts & Row>(BY_ID, [operatorId, ids]);
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? null);
}

/** One account of the transaction's operator, or the refusal for what it does not have. */
export async function existingAccountFacts(transaction: Transaction, accountId: string): Promise<AccountFacts> {
  const [facts] = await accountFacts(transaction, transaction.operatorId, [accountId]);
  if (!facts) throw notFound('payment system account');
  return facts;
}
