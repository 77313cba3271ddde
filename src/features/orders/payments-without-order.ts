import { later } from '../../kernel/clock.js';
import { type Row, statement } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import {
  type AccountKey,
  type AccountRow,
  eachConnectedAccount,
  type InboxParts,
  type OurReference,
  type PaymentAtAccount,
  paymentsMadeSince,
} from '../payment-systems/index.js';
import { heldAmount } from './domain/order-status.js';
import type { OrderRow } from './order-rows.js';

/** A hold lives no longer than this: one made before the backup may have been captured or released since. */
const HOLD_LIFE_MS = 31 * 24 * 3_600_000;

/**
 * A transaction is committed before its payment is asked for: a payment whose
 * transaction is not here was made after all that is here, whether its order
 * is known or not.
 */
const HERE = statement(
  'orders_of_payments_here',
  `select w.transaction_id as "transactionId", t.id is not null as "isPaymentKnown", o.id, o.status,
     o.authorized_minor as authorized, o.captured_minor as captured, o.voided_minor as voided,
     o.external_payment_id as "externalPaymentId", o.agreement_id as "agreementId", o.invoice_id as "invoiceId"
   from unnest($2::uuid[], $3::uuid[]) as w (order_id, transaction_id)
     join orders o on o.operator_id = $1 and o.id = w.order_id
     left join transactions t on t.operator_id = $1 and t.id = w.transaction_id and t.order_id = o.id`,
);

type OrderHere = Pick<
  OrderRow,
  'id' | 'status' | 'authorized' | 'captured' | 'voided' | 'externalPaymentId' | 'agreementId' | 'invoiceId'
>;
type HereRow = OrderHere & { transactionId: string; isPaymentKnown: boolean };

/**
 * What is not here of a payment: its order; only the payment, so that its order
 * may be payable again; only what of it moved since. Or somebody changed what we
 * wrote on it, so that nobody knows.
 */
type Finding = 'ORDER_UNKNOWN' | 'PAYMENT_UNKNOWN' | 'MOVED_SINCE' | 'IDS_UNREADABLE';

/** A payment of which the payment system knows more than the database. */
export interface PaymentToLookAt {
  readonly finding: Finding;
  readonly account: AccountRow;
  readonly payment: PaymentAtAccount;
  /** Null where it cannot be read. */
  readonly reference: OurReference | null;
  /** As the database has it; null where it has none. */
  readonly order: OrderHere | null;
}

interface Comparison {
  readonly tell: (found: PaymentToLookAt) => Promise<void>;
  /** Told of each account that could not be compared. */
  readonly onFailure: (account: AccountKey, error: unknown) => void;
}

/**
 * Compares what was paid at every account since then with what is here, and
 * tells of each payment that is not, or of which more moved. There is none as long
 * as the database has all that it ever committed; after a restore from a backup
 * there are those of the time since.
 */
export async function paymentsWithoutOrder(
  parts: Pick<InboxParts, 'units' | 'system' | 'gateways'>,
  since: Date,
  { tell, onFailure }: Comparison,
): Promise<void> {
  const compare = async (account: AccountRow) => {
    for await (const page of paymentsMadeSince(parts.gateways, account, later(since, -HOLD_LIFE_MS))) {
      for (const found of await toLookAt(parts.units, account, page)) await tell(found);
    }
  };
  await eachConnectedAccount(parts, compare, onFailure);
}

async function toLookAt(
  units: UnitsOfWork,
  account: AccountRow,
  page: readonly PaymentAtAccount[],
): Promise<readonly PaymentToLookAt[]> {
  const { operatorId } = account;
  const ours = page.flatMap((payment) => {
    const isOurs = payment.reference !== null || payment.agreementId !== null;
    const reference = payment.reference && readable(payment.reference);
    const isAnothers = reference !== null && reference.operatorId !== operatorId;
    return isOurs && !isAnothers ? [{ account, payment, reference }] : [];
  });
  const references = ours.flatMap(({ reference }) => reference ?? []);
  const ids = [references.map(({ orderId }) => orderId), references.map(({ transactionId }) => transactionId)];
  const rows = await units.sql(operatorId, (tx) => tx.query<HereRow & Row>(HERE, [operatorId, ...ids]));
  const here = new Map(rows.map((row) => [`${row.id} ${row.transactionId}`, row]));
  return ours.flatMap((each) => {
    const { reference } = each;
    const order = (reference && here.get(`${reference.orderId} ${reference.transactionId}`)) ?? null;
    const finding = reference ? findingOf(each.payment, order) : 'IDS_UNREADABLE';
    return finding ? [{ ...each, finding, order }] : [];
  });
}

function findingOf(payment: PaymentAtAccount, order: HereRow | null): Finding | null {
  if (!order) return 'ORDER_UNKNOWN';
  if (!order.isPaymentKnown) return 'PAYMENT_UNKNOWN';
  const { taken, held, externalId } = payment;
  // Of an attempt that came to nothing the order's amounts, which are another one's, say nothing.
  const counts = !taken.isZero() || !held.isZero() || externalId === order.externalPaymentId;
  return counts && (taken.minor !== order.captured || held.minor !== heldAmount(order)) ? 'MOVED_SINCE' : null;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Null where it was changed by hand into what is no id. */
function readable(reference: OurReference): OurReference | null {
  const { operatorId, merchantId, orderId, transactionId } = reference;
  if (![operatorId, merchantId, orderId, transactionId].every((id) => UUID.test(id))) return null;
  return {
    operatorId: operatorId.toLowerCase(),
    merchantId: merchantId.toLowerCase(),
    orderId: orderId.toLowerCase(),
    transactionId: transactionId.toLowerCase(),
  };
}
