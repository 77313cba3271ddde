import { booksAgree, booksOf } from '../../../test/reliability/orders/books.js';
import type { Product } from '../../../test/support/product.js';
import { asOwner } from '../../world/as-owner.js';
import { DAY_S, type Tenant } from './tenants.js';

interface Compared {
  readonly differences: readonly string[];
  /** That took or hold money, by the payment system's own books. */
  readonly charges: number;
  readonly objects: number;
}

/** Every tenant's books beside the payment system's, object by object. */
export async function booksOfAll(product: Product, tenants: readonly Tenant[]): Promise<Compared> {
  const found = { differences: [] as string[], charges: 0, objects: 0 };
  for (const { shop } of tenants) {
    const books = await booksOf(product, shop);
    const { payments, charges, refunds } = books;
    found.differences.push(...(await booksAgree(product, shop, books)));
    found.charges += charges.filter(({ status }) => status === 'succeeded').length;
    found.objects += payments.length + charges.length + refunds.length;
  }
  return found;
}

/** Postings that do not come to nothing, and what the nightly check finds. */
export async function ledgerHolds(product: Product): Promise<{ postings: number; violations: readonly string[] }> {
  const sums = await asOwner<{ what: string }>(
    product,
    `select posting_id || ': ' || sum(amount_minor) || ' ' || currency as what from ledger_entries
     group by operator_id, posting_id, currency having sum(amount_minor) <> 0`,
  );
  await product.built.jobs.wake('ledger.check');
  const [check] = await asOwner<{ checks: number; orders: number; accounts: number; postings: number }>(
    product,
    `select count(*)::int as checks, coalesce(sum(orders), 0)::int as orders,
       (select count(*)::int from payment_system_accounts) as accounts,
       (select count(*)::int from ledger_postings) as postings from ledger_checks`,
  );
  const found = await asOwner<{ what: string }>(
    product,
    `select kind || ': ' || detail as what from ledger_differences`,
  );
  const unchecked =
    check?.checks === check?.accounts && (check?.orders ?? 0) > 0 ? [] : ['not every account was checked'];
  return {
    postings: check?.postings ?? 0,
    violations: [...sums.map(({ what }) => `posting ${what}`), ...found.map(({ what }) => what), ...unchecked],
  };
}

interface Periods {
  readonly agreementId: string;
  readonly numbers: readonly number[];
  readonly paid: number;
  readonly orders: number;
}

/** By how many days a tenant's clock was moved, and the first day on which it charges, counted from 1970. */
export interface Days {
  readonly first: number;
  readonly moved: number;
}

/** Each period up to the operator's day is charged once and paid once, and none before its time. */
export async function periodsHold(product: Product, tenant: Tenant, { first, moved }: Days) {
  const merchant = `(select merchant_id from agreements where reference = $1)`;
  const rows = await asOwner<Periods>(
    product,
    `select a.id as "agreementId", coalesce(array_agg(c.number order by c.number) filter (where c.number is not null), '{}') as numbers,
       count(*) filter (where c.status = 'PAID')::int as paid,
       coalesce(sum((select count(*) from orders o
         where o.operator_id = c.operator_id and o.charge_id = c.id and o.captured_minor > 0)), 0)::int as orders
     from agreements a left join agreement_charges c on c.operator_id = a.operator_id and c.agreement_id = a.id
     where a.merchant_id = ${merchant} group by a.operator_id, a.id`,
    [tenant.name],
  );
  const days = Math.floor(product.clock.now().getTime() / 1000 / DAY_S) + moved - first + 1;
  const violations = rows.flatMap(({ agreementId, numbers, paid, orders }) => {
    const isEach = numbers.length === days && numbers.every((number, index) => number === index + 1);
    if (isEach && paid === days && orders === days) return [];
    return [
      `agreement ${agreementId}: periods ${numbers.join(' ')}, ${paid} paid by ${orders} orders, not 1 to ${days}`,
    ];
  });
  const missing = rows.length === tenant.agreements.length ? [] : [`${tenant.name} has ${rows.length} agreements`];
  return { charged: rows.reduce((sum, { paid }) => sum + paid, 0), violations: [...violations, ...missing] };
}
