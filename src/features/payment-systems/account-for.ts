import { DomainError, notFound } from '../../kernel/errors.js';
import type { Sql } from '../../platform/database/sql.js';
import { type AccountRow, accountById, heldAccountById, heldAccounts } from './account-sql.js';
import type { PaymentSystemMode } from './payment-system-account.entity.js';

export interface AccountChoice {
  readonly operatorId: string;
  /** The mode of the key that asks: an account of the other one is never used. */
  readonly mode: PaymentSystemMode;
  /** Named by the caller; null when none was. */
  readonly wantedAccountId: string | null;
  /** May still be on its way: the operator's accounts are asked for meanwhile. */
  readonly merchantDefaultId: string | null | Promise<string | null>;
  /** Of several the first will do: whoever pays may choose another one. */
  readonly payerChooses?: boolean;
}

/**
 * The account for a new order: the one named, else the merchant's own, else
 * the operator's only one. To be asked for in the transaction that accepts the
 * order: until that ends, the account cannot be disconnected.
 */
export async function accountFor(sql: Sql, choice: AccountChoice): Promise<AccountRow> {
  const { operatorId, mode, wantedAccountId } = choice;
  if (wantedAccountId !== null) return wantedAccount(sql, choice, wantedAccountId);
  const [accounts, defaultId] = await Promise.all([heldAccounts(sql, operatorId, mode), choice.merchantDefaultId]);
  if (defaultId === null) return onlyAccount(accounts, choice);
  const merchants = accounts.find(({ id }) => id === defaultId) ?? (await heldAccountById(sql, operatorId, defaultId));
  // A merchant has one default but keys of both modes; for the other mode it has none.
  return merchants?.mode === mode ? usable(merchants) : onlyAccount(accounts, choice);
}

/** The account that an existing order is with, in whatever state it is now. */
export async function accountOf(sql: Sql, operatorId: string, accountId: string): Promise<AccountRow> {
  const account = await accountById(sql, operatorId, accountId);
  if (!account) throw notFound('payment system account');
  return account;
}

/**
 * The same, held until the transaction ends: whoever would disconnect it waits,
 * so that nothing is committed for an account that is gone a moment later.
 */
export async function heldAccountOf(sql: Sql, operatorId: string, accountId: string): Promise<AccountRow> {
  const account = await heldAccountById(sql, operatorId, accountId);
  if (!account) throw notFound('payment system account');
  return account;
}

async function wantedAccount(sql: Sql, { operatorId, mode }: AccountChoice, accountId: string): Promise<AccountRow> {
  const account = await heldAccountOf(sql, operatorId, accountId);
  if (account.mode === mode) return usable(account);
  throw new DomainError(
    'KEY_MODE_MISMATCH',
    `the API key is for ${mode} mode and the payment system account for ${account.mode} mode`,
  );
}

function onlyAccount(accounts: readonly AccountRow[], { mode, payerChooses = false }: AccountChoice): AccountRow {
  const active = accounts.filter(({ status }) => status === 'ACTIVE');
  const [account, another] = active.length > 0 ? active : accounts;
  if (account && another && !payerChooses) {
    throw unavailable(
      `${accounts.length} payment system accounts are connected in ${mode} mode: name one with paymentSystemAccountId`,
    );
  }
  if (account) return usable(account);
  throw unavailable(`no payment system account is connected in ${mode} mode: connect one with connectPaymentSystem`);
}

function usable(account: AccountRow): AccountRow {
  if (account.status === 'ACTIVE') return account;
  throw unavailable(
    account.status === 'DISCONNECTED'
      ? 'the payment system account is disconnected: name another one'
      : "the payment system no longer accepts the account's keys: replace them with rotatePaymentSystemKeys",
  );
}

function unavailable(message: string): DomainError {
  return new DomainError('PAYMENT_SYSTEM_UNAVAILABLE', message, [], false);
}
