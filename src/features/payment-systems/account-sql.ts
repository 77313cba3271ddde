import { type Sql, statement } from '../../platform/database/sql.js';
import type {
  PaymentSystemAccountStatus,
  PaymentSystemKind,
  PaymentSystemMode,
} from './payment-system-account.entity.js';

/** An account with what it takes to use it: its encrypted secret, and the wrapped key that opens it. */
export interface AccountRow {
  readonly operatorId: string;
  readonly id: string;
  readonly kind: PaymentSystemKind;
  readonly mode: PaymentSystemMode;
  readonly status: PaymentSystemAccountStatus;
  readonly publishableKey: string;
  /** Empty once the account is disconnected. */
  readonly secretKeyEncrypted: string;
  readonly externalAccountId: string;
  readonly polled: boolean;
  readonly polledEventId: string | null;
  /** The operator's data key, wrapped by a master key. */
  readonly dataKey: string;
}

const COLUMNS = `
  a.operator_id as "operatorId", a.id, a.kind, a.mode, a.status, a.publishable_key as "publishableKey",
  a.secret_key_encrypted as "secretKeyEncrypted", a.external_account_id as "externalAccountId",
  a.polled, a.polled_event_id as "polledEventId", o.data_key as "dataKey"`;

const BY_ID = statement(
  'account_by_id',
  `select ${COLUMNS} from payment_system_accounts a join operators o on o.id = a.operator_id
   where a.operator_id = $1 and a.id = $2`,
);

/** The lock that an order's reference to the account takes anyway, only earlier. */
const HELD = 'for key share of a';

const HELD_BY_ID = statement(
  'account_held_by_id',
  `select ${COLUMNS} from payment_system_accounts a join operators o on o.id = a.operator_id
   where a.operator_id = $1 and a.id = $2 ${HELD}`,
);

const HELD_IN_MODE = statement(
  'accounts_held_in_mode',
  `select ${COLUMNS} from payment_system_accounts a join operators o on o.id = a.operator_id
   where a.operator_id = $1 and a.mode = $2 and a.status <> 'DISCONNECTED' order by a.id ${HELD}`,
);

export async function accountById(sql: Sql, operatorId: string, accountId: string): Promise<AccountRow | null> {
  const [row] = await sql.query<AccountRow & Record<string, unknown>>(BY_ID, [operatorId, accountId]);
  return row ?? null;
}

/** The same, and it is not disconnected before the transaction ends. */
export async function heldAccountById(sql: Sql, operatorId: string, accountId: string): Promise<AccountRow | null> {
  const [row] = await sql.query<AccountRow & Record<string, unknown>>(HELD_BY_ID, [operatorId, accountId]);
  return row ?? null;
}

/** All accounts of the mode that are not disconnected, and are not before the transaction ends. */
export function heldAccounts(sql: Sql, operatorId: string, mode: PaymentSystemMode): Promise<readonly AccountRow[]> {
  return sql.query<AccountRow & Record<string, unknown>>(HELD_IN_MODE, [operatorId, mode]);
}
