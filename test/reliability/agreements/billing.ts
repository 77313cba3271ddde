import { Registry } from 'prom-client';
import { type BillingParts, billingMeter, runBilling } from '../../../src/features/agreements/index.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import { PaymentPace } from '../../../src/features/payment-systems/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import type { Row } from '../../../src/platform/database/sql.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import type { Product, Shop } from '../../support/product.js';
import { booksAgree, rowsOf } from '../orders/books.js';

/** The billing run of a process of its own, for one operator; answers with what went wrong in it. */
export async function billWith(product: Product, shop: Shop, carriers: Carriers): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  const parts: BillingParts = {
    carriers,
    system: { query: async <Result extends Row>() => [{ operatorId, lagSeconds: 0 }] as unknown as Result[] },
    lanes: new OperatorLanes(onFailure),
    pace: new PaymentPace(product.built.units, { TEST: 1e6, LIVE: 1e6 }),
    meter: billingMeter(new Registry()),
    onFailure,
  };
  await runBilling(parts);
  return failures;
}

export interface ChargeState extends Row {
  readonly agreement: string;
  readonly agreement_status: string;
  readonly number: number | null;
  readonly kind: string;
  readonly status: string;
  readonly attempts: number;
  readonly orders: number;
  /** Orders that took money, or may still. */
  readonly held: number;
  readonly captured: number;
  readonly amount: number;
}

/** Each charge of the shop with what its attempts have come to. */
export function chargesOf(product: Product, shop: Shop): Promise<ChargeState[]> {
  return rowsOf<ChargeState>(
    product,
    shop,
    `select a.id as agreement, a.status as agreement_status, c.number, c.kind, c.status, c.attempts,
       c.amount_minor::int as amount, count(o.id)::int as orders,
       count(o.id) filter (where o.status not in ('DECLINED', 'EXPIRED', 'CANCELED'))::int as held,
       coalesce(sum(o.captured_minor), 0)::int as captured
     from agreements a join agreement_charges c on c.operator_id = a.operator_id and c.agreement_id = a.id
       left join orders o on o.operator_id = c.operator_id and o.charge_id = c.id
     where a.operator_id = $1 and a.merchant_id = $2
     group by a.id, a.status, c.id, c.number, c.kind, c.status, c.attempts, c.amount_minor order by c.number, c.id`,
  );
}

/** What must not be, whoever raced: a charge that is held by two orders, paid without money, or owed with it. */
export async function chargesDisagree(product: Product, shop: Shop): Promise<readonly string[]> {
  const charges = await chargesOf(product, shop);
  const numbers = charges
    .filter(({ number }) => number !== null)
    .map(({ agreement, number }) => `${agreement} ${number}`);
  const doubled = numbers.filter((each, index) => numbers.indexOf(each) !== index);
  const wrong = charges.filter(
    ({ status, held, captured, amount, orders, attempts }) =>
      held > 1 ||
      orders !== attempts ||
      captured !== (status === 'PAID' ? amount : 0) ||
      (status === 'PAID' && held !== 1),
  );
  return [...doubled, ...wrong.map((each) => JSON.stringify(each))];
}

/** Until a little after the next midnight, UTC, when the charges of these tests are due. */
export function untilMidnight({ clock }: Product): number {
  const now = clock.now().getTime();
  const day = 86_400_000;
  return Math.ceil((Math.ceil(now / day) * day - now) / 1000) + 60;
}

/** As `booksAgree`; a check of a means of payment takes no money and is in no book. */
export async function moneyDisagrees(product: Product, shop: Shop): Promise<readonly string[]> {
  return (await booksAgree(product, shop)).filter((each) => !each.includes('Stripe has no seti_'));
}
