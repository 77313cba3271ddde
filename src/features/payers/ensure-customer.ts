import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { Answer, PaymentGateway } from '../payment-systems/index.js';
import { CUSTOMER_OF_PAYER, PAYERS_BY_ID, REMEMBER_CUSTOMER } from './payers-sql.js';
import type { PayerRow } from './resolve-payer.js';

export interface CustomerWanted {
  readonly operatorId: string;
  readonly payerId: string;
  readonly accountId: string;
  /** What the customer is needed for now: names a second try where the first can never succeed. */
  readonly transactionId: string;
}

/**
 * The payer's customer at the payment system, made at first need. The key is
 * the payer's, so that two first payments at once make one customer; whichever
 * is written second finds the first. Where that key is spoilt for a day (an
 * error was saved under it, or the payer's details have changed since), the
 * payment makes a customer of its own: one too many there moves no money.
 */
export async function ensureCustomer(
  units: UnitsOfWork,
  gateway: PaymentGateway,
  wanted: CustomerWanted,
): Promise<Answer<string>> {
  const { operatorId, payerId, accountId, transactionId } = wanted;
  const customer = () =>
    units.sql(operatorId, (tx) =>
      tx.query<{ externalId: string }>(CUSTOMER_OF_PAYER, [operatorId, payerId, accountId]),
    );

  const [known] = await customer();
  if (known) return { kind: 'done', value: known.externalId };

  const [payer] = await units.sql(operatorId, (tx) => tx.query<PayerRow>(PAYERS_BY_ID, [operatorId, [payerId]]));
  if (!payer) throw new Error(`payer ${payerId} is gone`);
  const { email, name, phone } = payer;
  const create = (key: string) => gateway.createCustomer({ payerId, email, name, phone }, key);
  const first = await create(`customer-${payerId}-${accountId}`);
  // The key is spoilt for a day by a saved error, or by details of the payer that have changed since.
  const isSpoilt = first.kind === 'unknown' && first.replayed;
  const answer = isSpoilt ? await create(`${transactionId}-customer`) : first;
  if (answer.kind === 'declined') return { ...answer, value: null };
  if (answer.kind !== 'done') return answer;

  const { externalId } = answer.value;
  await units.sql(operatorId, (tx) =>
    tx.query(REMEMBER_CUSTOMER, [operatorId, payerId, accountId, externalId, tx.now]),
  );
  const [kept] = await customer();
  return { kind: 'done', value: kept?.externalId ?? externalId };
}
