import type { Money } from '../../kernel/money.js';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import { type Statement, statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { CredentialRow } from '../payers/index.js';
import { assertAmountAccepted, type PaymentSystemKind } from '../payment-systems/index.js';
import type { Mode } from '../tenancy/index.js';
import { newOrder, orderInsert } from './accept-order.js';
import { dueAt, operationInsert, transactionInsert } from './change-order.js';
import { type AgreementClaim, initiation } from './domain/scheme-rules.js';
import { meansOfStored, openAllowedPayment } from './open-payment.js';
import { operationChanged, orderStatusChanged } from './order-events.js';
import type { OrderFile } from './order-rows.js';

/** An attempt at a charge under an agreement: an order of the merchant's, paid with what the payer agreed to. */
export interface ChargeAttempt {
  readonly merchantId: string;
  readonly mode: Mode;
  readonly accountId: string;
  readonly accountKind: PaymentSystemKind;
  readonly payerId: string;
  readonly payerEmail: string | null;
  readonly credential: Pick<CredentialRow, 'id' | 'externalId' | 'externalCustomerId'>;
  readonly chargeId: string;
  /** What the charge is to pay, if anything. */
  readonly invoiceId?: string | null;
  readonly orderNumber: string;
  readonly amount: Money;
  readonly description: string | null;
  readonly metadata: Record<string, unknown>;
  /** Until when the payer may confirm it, should the payer's bank ask for that. */
  readonly expiresAt: Date;
  readonly agreement: AgreementClaim;
  readonly allowedSources: readonly TransactionSource[];
  /** The last attempt at the charge was declined for want of funds. */
  readonly resubmission: boolean;
}

/**
 * Inserts attempts, all of them with three statements: a billing run makes
 * thousands. They travel with the commit; that no charge has two live attempts
 * is the database's promise.
 */
export function insertCharges(transaction: Transaction, files: readonly OrderFile[]): void {
  const { operatorId } = transaction;
  const send = (rows: Rows, parameters: readonly (readonly unknown[])[]) =>
    transaction.send(rows.statement, [operatorId, ...transposed(parameters, rows.width)]);
  if (files.length === 0) return;
  send(
    ORDERS,
    files.map(({ order }) => orderInsert(operatorId, order).slice(1)),
  );
  send(
    OPERATIONS,
    files.flatMap(({ operations }) => operations.map((each) => operationInsert(operatorId, each).slice(1))),
  );
  send(
    TRANSACTIONS,
    files.flatMap(({ transactions }) => transactions.map((each) => transactionInsert(operatorId, each).slice(1))),
  );
  for (const { order, operations } of files) {
    transaction.publish(orderStatusChanged(null, order));
    for (const operation of operations) transaction.publish(operationChanged(order, operation));
  }
}

/** The order of an attempt, if the card schemes' rules and the payment system's limits allow it; nothing is written yet. */
export function chargeFile(attempt: ChargeAttempt, now: Date): OrderFile {
  const { agreement, amount, credential } = attempt;
  assertAmountAccepted({ kind: attempt.accountKind }, amount);
  const allowed = initiation({
    source: 'MERCHANT',
    storedOnFile: null,
    saveCredential: false,
    credential: 'STORED',
    hasPayer: true,
    allowedSources: attempt.allowedSources,
    amount,
    agreement,
  });
  const order = {
    ...newOrder({ ...PLAIN, ...attempt }, attempt.accountId, { id: attempt.payerId }, now),
    agreementId: agreement.id,
    chargeId: attempt.chargeId,
    credentialId: credential.id,
  };
  const file: OrderFile = { order, operations: [], transactions: [] };
  const means = meansOfStored(credential);
  openAllowedPayment(
    file,
    { means, allowed, agreement, payerEmail: attempt.payerEmail, resubmission: attempt.resubmission },
    now,
  );
  order.status = 'PROCESSING';
  order.dueAt = dueAt(order, now);
  return file;
}

/** What a charge has nothing of. */
const PLAIN = {
  captureMode: 'AUTOMATIC',
  saveCredential: false,
  returnUrl: null,
  callbackUrl: null,
} as const;

interface Rows {
  readonly statement: Statement;
  readonly width: number;
}

/** One array for each column: PostgreSQL reads them faster than as many rows of parameters. */
function rowsOf(name: string, table: string, columns: readonly (readonly [name: string, type: string])[]): Rows {
  const names = columns.map(([column]) => column).join(', ');
  const arrays = columns.map(([, type], index) => `$${index + 2}::${type}[]`).join(', ');
  return {
    statement: statement(
      name,
      `insert into ${table} (operator_id, ${names}) select $1, * from unnest(${arrays}) as r (${names})`,
    ),
    width: columns.length,
  };
}

function transposed(rows: readonly (readonly unknown[])[], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]));
}

const ORDERS = rowsOf('orders_insert_many', 'orders', [
  ['id', 'uuid'],
  ['merchant_id', 'uuid'],
  ['mode', 'text'],
  ['payment_system_account_id', 'uuid'],
  ['payer_id', 'uuid'],
  ['order_number', 'text'],
  ['bill_number', 'text'],
  ['description', 'text'],
  ['status', 'text'],
  ['capture_mode', 'text'],
  ['currency', 'text'],
  ['amount_minor', 'bigint'],
  ['source', 'text'],
  ['stored_on_file', 'text'],
  ['save_credential', 'boolean'],
  ['expires_at', 'timestamptz'],
  ['return_url', 'text'],
  ['callback_url', 'text'],
  ['metadata', 'jsonb'],
  ['due_at', 'timestamptz'],
  ['created_at', 'timestamptz'],
  ['updated_at', 'timestamptz'],
  ['agreement_id', 'uuid'],
  ['charge_id', 'uuid'],
  ['credential_id', 'uuid'],
  ['payer_language', 'text'],
  ['account_fixed', 'boolean'],
  ['invoice_id', 'uuid'],
]);

const OPERATIONS = rowsOf('operations_insert_many', 'operations', [
  ['id', 'uuid'],
  ['order_id', 'uuid'],
  ['type', 'text'],
  ['status', 'text'],
  ['amount_minor', 'bigint'],
  ['reason', 'text'],
  ['request', 'jsonb'],
  ['created_at', 'timestamptz'],
  ['finished_at', 'timestamptz'],
]);

const TRANSACTIONS = rowsOf('transactions_insert_many', 'transactions', [
  ['id', 'uuid'],
  ['order_id', 'uuid'],
  ['operation_id', 'uuid'],
  ['position', 'integer'],
  ['type', 'text'],
  ['status', 'text'],
  ['amount_minor', 'bigint'],
  ['external_id', 'text'],
  ['due_at', 'timestamptz'],
  ['created_at', 'timestamptz'],
  ['finished_at', 'timestamptz'],
]);
