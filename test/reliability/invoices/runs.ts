import { Registry } from 'prom-client';
import { attendInvoices, invoiceMeter } from '../../../src/features/invoices/index.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import { PaymentPace } from '../../../src/features/payment-systems/index.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import type { Row } from '../../../src/platform/database/sql.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import type { Product, Shop } from '../../support/product.js';
import { moneyDisagrees } from '../agreements/billing.js';
import { rowsOf } from '../orders/books.js';

/** The run of a process of its own, for one operator; answers with what went wrong in it. */
export async function attendWith(product: Product, shop: Shop, carriers: Carriers): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  const operatorId = uuidOf('operator', shop.operator.id) ?? '';
  await attendInvoices({
    carriers,
    system: { query: async <Result extends Row>() => [{ operatorId }] as unknown as Result[] },
    lanes: new OperatorLanes(onFailure),
    meter: invoiceMeter(new Registry()),
    pace: new PaymentPace(product.built.units, { TEST: 1e6, LIVE: 1e6 }),
    onFailure,
  });
  return failures;
}

export interface InvoiceState extends Row {
  readonly id: string;
  readonly number: number | null;
  readonly status: string;
  readonly total: number;
  readonly paid: number;
  readonly outside: boolean;
  /** Orders that took money, or may still. */
  readonly held: number;
  /** What its orders took, less what they gave back. */
  readonly kept: number;
}

export function invoicesOf(product: Product, shop: Shop): Promise<InvoiceState[]> {
  return rowsOf<InvoiceState>(
    product,
    shop,
    `select i.id, i.number, i.status, i.total_minor::int as total, i.paid_minor::int as paid,
       i.paid_outside is not null as outside,
       count(o.id) filter (where o.status not in ('DECLINED', 'EXPIRED', 'CANCELED', 'REFUNDED'))::int as held,
       coalesce(sum(o.captured_minor - o.refunded_minor), 0)::int as kept
     from invoices i left join orders o on o.operator_id = i.operator_id and o.invoice_id = i.id
     where i.operator_id = $1 and i.merchant_id = $2
     group by i.operator_id, i.id order by i.number, i.id`,
  );
}

/** What must not be, whoever raced: an invoice paid twice, paid without money or owed with it, and a number that is missing. */
export async function invoicesDisagree(product: Product, shop: Shop): Promise<readonly string[]> {
  return [...(await invoiceFaults(product, shop)), ...(await moneyDisagrees(product, shop))];
}

/** The same without the payment system's books, where merchants share them. */
export async function invoiceFaults(product: Product, shop: Shop): Promise<readonly string[]> {
  const invoices = await invoicesOf(product, shop);
  const wrong = invoices.filter(({ status, kept, paid, held, total, outside }) => {
    const wanted = status === 'PAID' && !outside ? total : 0;
    return kept !== wanted || held > 1 || (!outside && paid !== wanted);
  });
  const numbers = invoices.flatMap(({ number }) => number ?? []);
  const missing = numbers.filter((number, index) => number !== index + 1);
  return [...wrong.map((each) => JSON.stringify(each)), ...missing.map((number) => `${number} is out of its series`)];
}
