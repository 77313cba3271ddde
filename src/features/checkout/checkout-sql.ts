import { type Row, type Sql, statement } from '../../platform/database/sql.js';
import type { PaymentSystemKind } from '../payment-systems/index.js';

const OPERATOR_OF_MERCHANT = statement(
  'checkout_operator_of_merchant',
  'select operator_id as "operatorId" from merchants where id = $1',
);

/** Whose merchant it is. Across operators, so through the system role: a form names nobody but its merchant. */
export async function operatorOfMerchant(system: Sql, merchantId: string): Promise<string | null> {
  const [row] = await system.query<{ operatorId: string } & Row>(OPERATOR_OF_MERCHANT, [merchantId]);
  return row?.operatorId ?? null;
}

export interface Seller {
  readonly name: string;
  readonly timeZone: string;
  readonly suspended: boolean;
}

const SELLER = statement(
  'checkout_seller',
  `select m.name, m.time_zone as "timeZone", o.status = 'SUSPENDED' as suspended
   from merchants m join operators o on o.id = m.operator_id where m.operator_id = $1 and m.id = $2`,
);

export async function sellerOf(sql: Sql, operatorId: string, merchantId: string): Promise<Seller | null> {
  const [row] = await sql.query<Seller & Row>(SELLER, [operatorId, merchantId]);
  return row ?? null;
}

/** A payment system as a payer may choose it. */
export interface PayableAccount {
  readonly id: string;
  readonly kind: PaymentSystemKind;
  readonly country: string | null;
}

const ACTIVE_ACCOUNTS = statement(
  'checkout_active_accounts',
  `select id, kind, country from payment_system_accounts
   where operator_id = $1 and mode = $2 and status = 'ACTIVE' order by id`,
);

export function activeAccounts(sql: Sql, operatorId: string, mode: 'TEST' | 'LIVE'): Promise<PayableAccount[]> {
  return sql.query<PayableAccount & Row>(ACTIVE_ACCOUNTS, [operatorId, mode]);
}

const HOLDER_OF_NUMBER = statement(
  'checkout_holder_of_number',
  `select id, currency, amount_minor as amount, capture_mode as "captureMode" from orders
   where operator_id = $1 and merchant_id = $2 and mode = $3 and order_number = $4
     and status not in ('DECLINED', 'EXPIRED', 'CANCELED')`,
);

export type NumberHolder = { id: string; currency: string; amount: bigint; captureMode: string };

/** The one live or paid order with the number. */
export async function holderOfNumber(
  sql: Sql,
  key: readonly [operatorId: string, merchantId: string, mode: string, orderNumber: string],
): Promise<NumberHolder | null> {
  const [row] = await sql.query<NumberHolder>(HOLDER_OF_NUMBER, key);
  return row ?? null;
}

const IS_OPENING = statement(
  'checkout_is_opening',
  `select exists (select from operations o join transactions t on t.operator_id = $1 and t.operation_id = o.id
     where o.operator_id = $1 and o.order_id = $2 and o.status in ('PENDING', 'UNKNOWN')
       and o.request ? 'page' and t.page_external_id is null and t.external_id is null) as opening`,
);

/** Whether the payment system was asked for a page and has not answered: there is none yet on which anybody could pay. */
export async function isOpening(sql: Sql, operatorId: string, orderId: string): Promise<boolean> {
  const [row] = await sql.query<{ opening: boolean }>(IS_OPENING, [operatorId, orderId]);
  return row?.opening ?? false;
}

const WAITING = statement(
  'checkout_waiting',
  `select request ? 'page' as "onPage", next_action->>'redirectUrl' as url, decline_code is not null as declined
   from operations
   where operator_id = $1 and order_id = $2 and status = 'REQUIRES_ACTION' and type in ('PAYMENT', 'VERIFICATION')`,
);

/** The payment that waits for its payer: on a page of the payment system, or as the shop began it. */
export type WaitingPayment = { onPage: boolean; url: string | null; declined: boolean };

export async function waitingPayment(sql: Sql, operatorId: string, orderId: string): Promise<WaitingPayment | null> {
  const [row] = await sql.query<WaitingPayment>(WAITING, [operatorId, orderId]);
  return row ?? null;
}
