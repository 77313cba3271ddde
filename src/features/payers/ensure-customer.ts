import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { Answer, PaymentGateway } from '../payment-systems/index.js';
import { CUSTOMER_OF_PAYER, PAYERS_BY_ID, REMEMBER_CUSTOMER } from './payers-sql.js';
import type { PayerRow } from './resolve-payer.js';

export interface CustomerWanted {
  readonly operatorId: string;
  readonly payerId: string;
  readonly accountId: string;
}

/**
 * The payer's customer at the payment system, made at first need. The key is
 * the payer's, so that two first payments at once make one customer; whichever
 * is written second finds the first.
 */
export async function ensureCustomer(
  units: UnitsOfWork,
  gateway: PaymentGateway,
  wanted: CustomerWanted,
): Promise<Answer<string>> {
  const { operatorId, payerId, accountId } = wanted;
  const customer = () =>
    units.sql(operatorId, (tx) =>
      tx.query<{ externalId: string }>(CUSTOMER_OF_PAYER, [operatorId, payerId, accountId]),
    );

  const [known] = await customer();
  if (known) return { kind: 'done', value: known.externalId };

  const [payer] = await units.sql(operatorId, (tx) => tx.query<PayerRow>(PAYERS_BY_ID, [operatorId, [payerId]]));
  if (!payer) throw new Error(`payer ${payerId} is gone`);
  const { email, name, phone } = payer;
  const answer = await gateway.createCustomer({ payerId, email, name, phone }, `customer-${payerId}-${accountId}`);
  if (answer.kind === 'declined') return { ...answer, value: null };
  if (answer.kind !== 'done') return answer;

  const { externalId } = answer.value;
  await units.sql(operatorId, (tx) =>
    tx.query(REMEMBER_CUSTOMER, [operatorId, payerId, accountId, externalId, tx.now]),
  );
  const [kept] = await customer();
  return { kind: 'done', value: kept?.externalId ?? externalId };
}
