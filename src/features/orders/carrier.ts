import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { type AccountRow, accountOf, type PaymentGateway, type PaymentGateways } from '../payment-systems/index.js';

/** What carries operations to payment systems: never given to what runs inside a transaction. */
export interface Carriers {
  readonly units: UnitsOfWork;
  readonly gateways: PaymentGateways;
}

/** The same for one operator's account. */
export interface Carrier {
  readonly units: UnitsOfWork;
  readonly gateway: PaymentGateway;
  readonly operatorId: string;
}

/** The carrier for an order's account; `known` spares the look-up where the account has just been read. */
export async function carrierFor(
  { units, gateways }: Carriers,
  operatorId: string,
  accountId: string,
  known: AccountRow | null = null,
): Promise<Carrier> {
  const account = known ?? (await units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId)));
  return { units, operatorId, gateway: gateways.gatewayFor(account) };
}
