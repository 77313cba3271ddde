import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { uuidOf } from '../../../src/kernel/ids.js';
import { TRANSACTION_SOURCES } from '../../../src/kernel/transaction-source.js';
import { asOwner } from '../../support/charging.js';
import { aBilledPayer, bill, invoiceOf } from '../../support/invoicing.js';
import { aMerchant, anOperator, connect, type Product, type Shop, startProduct } from '../../support/product.js';
import { booksOf } from '../orders/books.js';
import { invoiceFaults } from './runs.js';

// Four merchants live through a year, month by month, with everything that is due in it.
jest.setTimeout(120_000);

const ZONES = ['Pacific/Kiritimati', 'Asia/Kolkata', 'Europe/Berlin', 'America/St_Johns'] as const;

const MONTHS = 12;

let one: Product;
let other: Product;

beforeAll(async () => {
  one = await startProduct();
  const { database, sandbox, masterKey } = one;
  other = await startProduct({ database, sandbox, masterKey });
});

afterAll(async () => {
  await other.close();
  await one.close();
});

interface Tenant {
  readonly zone: string;
  readonly shop: Shop;
  readonly reference: string;
  readonly agreementId: string;
  /** By month. */
  readonly invoices: Map<string, string>;
}

it('a year of months is closed, each as its 2nd begins where the merchant is, and paid once', async () => {
  const operator = await anOperator(one);
  const tenants = await tenantsOf(operator);
  const now = new Date();
  let month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  // From a moment on that is in one month everywhere.
  await moveTo(operator, new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 5)));
  for (let count = 0; count < MONTHS; count += 1) {
    month = nextMonth(month);
    const name = month.toISOString().slice(0, 7);
    const price = `${10 + count}.00`;
    await Promise.all(
      tenants.map(async ({ zone, shop, reference, invoices }) => {
        const draft = await bill(shop, { reference }, price);
        expect([zone, draft.month]).toEqual([zone, name]);
        invoices.set(name, draft.id);
      }),
    );
    await passClosing(operator, tenants, name, nextMonth(month));
  }
  for (const { shop, zone, invoices } of tenants) {
    const all = await Promise.all([...invoices.values()].map((id) => invoiceOf(shop, id)));
    expect([zone, all.map(({ number }) => number)]).toEqual([
      zone,
      Array.from({ length: MONTHS }, (_, at) => numbered(at + 1)),
    ]);
    expect(all.map(({ status, attempts }) => `${status} ×${attempts}`)).toEqual(all.map(() => 'PAID ×1'));
    expect(all.map(({ issuedOn, month: of }) => [of, issuedOn])).toEqual(
      all.map(({ month: of }) => [of, `${following(of)}-02`]),
    );
    expect(await invoiceFaults(one, shop)).toEqual([]);
  }
  const { charges } = await booksOf(one, tenants[0]?.shop as Shop);
  expect(charges.filter(({ paid }) => paid)).toHaveLength(MONTHS * ZONES.length);
});

it('is past due as the day after begins there, also when clocks are put forward on it', async () => {
  const operator = await anOperator(one);
  const [tenant] = await tenantsOf(operator, ['America/St_Johns']);
  const { shop, reference, agreementId } = tenant as Tenant;
  await asOwner(one, 'update merchants set invoice_due_days = 12 where operator_id = $1', [
    uuidOf('operator', operator.id),
  ]);
  // Clocks are put forward there on the second Sunday of March, in the night to the 14th in 2027.
  await moveTo(operator, new Date('2027-02-10T12:00:00Z'));
  await shop.do('cancelAgreement', { agreementId }, 'agreement { status }');
  const { id } = await bill(shop, { reference }, '10.00');
  await moveTo(operator, new Date('2027-03-02T03:31:00Z'));
  expect(await invoiceOf(shop, id)).toMatchObject({ status: 'OPEN', issuedOn: '2027-03-02', dueOn: '2027-03-14' });
  await moveTo(operator, new Date('2027-03-15T02:29:00Z'));
  expect((await invoiceOf(shop, id)).status).toBe('OPEN');
  await moveTo(operator, new Date('2027-03-15T02:31:00Z'));
  expect((await invoiceOf(shop, id)).status).toBe('PAST_DUE');
});

async function tenantsOf(
  operator: Awaited<ReturnType<typeof anOperator>>,
  zones: readonly string[] = ZONES,
): Promise<readonly Tenant[]> {
  const stripe = one.sandbox.control.createAccount();
  await connect(operator, stripe);
  const allowedSources = TRANSACTION_SOURCES.filter((source) => !source.endsWith('_PRESENT'));
  return Promise.all(
    zones.map(async (zone): Promise<Tenant> => {
      const shop = await aMerchant(one, operator, stripe, { timeZone: zone, allowedSources });
      const { reference, agreement } = await aBilledPayer(shop);
      return { zone, shop, reference, agreementId: agreement.id, invoices: new Map() };
    }),
  );
}

/** Stops a minute before and after each zone's 2nd begins, and looks whose month is closed. */
async function passClosing(
  operator: { readonly id: string },
  tenants: readonly Tenant[],
  month: string,
  next: Date,
): Promise<void> {
  const closings = tenants.map((tenant) => ({ tenant, at: secondBegins(next, tenant.zone) }));
  const isStopped = month.endsWith('-03') || month.endsWith('-10');
  const last = Math.max(...closings.map(({ at }) => at));
  const stops = isStopped
    ? closings.flatMap(({ at }) => [at - 60_000, at + 60_000]).toSorted((a, b) => a - b)
    : [last + 60_000];
  for (const stop of stops) {
    await moveTo(operator, new Date(stop));
    await Promise.all(
      closings.map(async ({ tenant, at }) => {
        const { status } = await invoiceOf(tenant.shop, tenant.invoices.get(month) ?? '');
        expect([month, tenant.zone, status]).toEqual([month, tenant.zone, at < stop ? 'PAID' : 'DRAFT']);
      }),
    );
  }
}

/** Moves the operator's own clock, and lets both processes do what is due then. */
async function moveTo(operator: { readonly id: string }, to: Date): Promise<void> {
  await one.platform.do('advanceTestClock', { operatorId: operator.id, to: to.toISOString() }, 'operator { id }');
  await Promise.all([one, other].map(({ built }) => built.jobs.wake('invoices.attend')));
}

/** When the 2nd of a month begins in a zone, by the calendars of the runtime alone. */
function secondBegins(month: Date, timeZone: string): number {
  const wanted = new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 2)).toISOString().slice(0, 10);
  const dayAt = new Intl.DateTimeFormat('en-CA', { timeZone });
  const begin = Date.UTC(month.getUTCFullYear(), month.getUTCMonth(), 1);
  for (let minutes = 0; minutes < 3 * 24 * 60; minutes += 30) {
    const at = begin + minutes * 60_000;
    if (dayAt.format(at) === wanted) return at;
  }
  throw new Error(`${timeZone} has no ${wanted}`);
}

function nextMonth(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1, 1));
}

function following(month: string): string {
  return nextMonth(new Date(`${month}-01T00:00:00Z`))
    .toISOString()
    .slice(0, 7);
}

const numbered = (number: number) => `TEST-INV-${String(number).padStart(6, '0')}`;
