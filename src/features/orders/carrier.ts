import { DomainError } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import {
  type AccountRow,
  accountOf,
  checkKeys,
  heldAccountOf,
  type PaymentGateway,
  type PaymentGateways,
} from '../payment-systems/index.js';
import { KEY_LIFE_MS } from './domain/due.js';
import type { AgreementsOfOrders } from './new-order.js';
import type { OrderRow, TransactionRow } from './order-rows.js';

/** What carries operations to payment systems: never given to what runs inside a transaction. */
export interface Carriers {
  readonly units: UnitsOfWork;
  readonly gateways: PaymentGateways;
  readonly agreements: AgreementsOfOrders;
  /** Waits until the account may be called again; only for those who make many calls while nobody waits for them. */
  readonly turnAt?: (account: AccountRow) => Promise<void>;
}

/** The same for one operator's account. */
export interface Carrier {
  readonly units: UnitsOfWork;
  readonly gateway: PaymentGateway;
  readonly operatorId: string;
  /** After a refusal for the account's keys: finds out whether they are good for anything. */
  readonly checkKeys: () => Promise<void>;
  /** Money is no longer taken for the operator: what was begun may be looked at, recorded, released and given back. */
  readonly suspended?: boolean;
}

/** The carrier for an order's account; `known` spares the look-up where the account has just been read. */
export async function carrierFor(
  carriers: Carriers,
  operatorId: string,
  accountId: string,
  known: AccountRow | null = null,
): Promise<Carrier> {
  const account = known ?? (await carriers.units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId)));
  await carriers.turnAt?.(account);
  return carrierOf(carriers, account);
}

export function carrierOf(carriers: Carriers, account: AccountRow): Carrier {
  return {
    units: carriers.units,
    operatorId: account.operatorId,
    gateway: carriers.gateways.gatewayFor(account),
    checkKeys: () => checkKeys(carriers, account),
  };
}

/** The account of an order that something is to be sent for; refused before anything is committed when there is no way to send. */
export async function connectedAccount(transaction: Transaction, { accountId }: OrderRow): Promise<AccountRow> {
  const account = await heldAccountOf(transaction, transaction.operatorId, accountId);
  if (account.status !== 'DISCONNECTED') return account;
  throw new DomainError(
    'PAYMENT_SYSTEM_UNAVAILABLE',
    "the payment system account of this order is disconnected; what was paid through it is changed in the payment system's own console",
    [],
    false,
  );
}

/**
 * Whether a call may be made again under its key: while the payment system,
 * whose time nobody moves, remembers the key, and while the operator may still
 * be charged.
 */
export function isRepeatable({ units, operatorId, suspended }: Carrier, { createdAt }: TransactionRow): boolean {
  const made = units.clocks.realTime(operatorId, createdAt);
  return !suspended && units.clock.now().getTime() - made.getTime() < KEY_LIFE_MS;
}
