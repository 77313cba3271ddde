import { type Row, statement } from '../../platform/database/sql.js';
import {
  type AccountRow,
  eachAccount,
  type InboxParts,
  type PaymentAtAccount,
  paymentsMadeSince,
} from '../payment-systems/index.js';

const KNOWN = statement('orders_known_of', 'select id from orders where operator_id = $1 and id = any ($2::uuid[])');

/** A payment that was made for an order of ours of which the database knows nothing. */
export interface PaymentWithoutOrder {
  readonly account: AccountRow;
  readonly payment: PaymentAtAccount & { readonly reference: NonNullable<PaymentAtAccount['reference']> };
}

/**
 * Compares what was paid at every account since then with the orders here, and
 * tells of each payment that has none. There is none as long as the database has
 * all that it ever committed, because an order is committed before it is paid;
 * after a restore from a backup there are those made since the backup.
 */
export async function paymentsWithoutOrder(
  parts: InboxParts,
  since: Date,
  tell: (found: PaymentWithoutOrder) => Promise<void>,
): Promise<void> {
  for (const events of ['told', 'polled'] as const) {
    await eachAccount(parts, events, async (account) => {
      for await (const page of paymentsMadeSince(parts.gateways, account, since)) {
        for (const found of await withoutOrder(parts, account, page)) await tell(found);
      }
    });
  }
}

async function withoutOrder(
  { units }: InboxParts,
  account: AccountRow,
  page: readonly PaymentAtAccount[],
): Promise<readonly PaymentWithoutOrder[]> {
  const { operatorId } = account;
  const ours = page.flatMap((payment) => {
    const { reference } = payment;
    return reference?.operatorId === operatorId ? [{ account, payment: { ...payment, reference } }] : [];
  });
  const ids = ours.map(({ payment }) => payment.reference.orderId);
  const known = await units.sql(operatorId, (tx) => tx.query<{ id: string } & Row>(KNOWN, [operatorId, ids]));
  const knownIds = new Set(known.map(({ id }) => id));
  return ours.filter(({ payment }) => !knownIds.has(payment.reference.orderId));
}
