import { systemClock } from '../kernel/clock.js';
import { ApiClient } from './api-client.js';
import type { DemoFile } from './demo-file.js';
import { makeTenant } from './make-tenants.js';
import type { Transcript } from './transcript.js';

const PAYERS = 100;
/** Payers whose bank says no, and payers who never agreed to be charged: they get a page to pay on. */
const DECLINED = new Set([7, 42, 77]);
const WITHOUT_AGREEMENT = new Set([13, 99]);
const PAID = PAYERS - DECLINED.size - WITHOUT_AGREEMENT.size;

/** 20.00 and 1,234 × 0.0125 = 15.43 (15.425, half a unit up), with 19 % on each: 23.80 + 18.36. */
const EACH = '42.16';

const PATIENCE_MS = 60_000;
const POLL_MS = 100;
const AT_ONCE = 10;

interface Month {
  readonly currencies: readonly {
    readonly closed: Part;
    readonly paid: Part;
    readonly open: Part;
    readonly pastDue: Part;
    readonly collectedShare: string | null;
  }[];
}

interface Part {
  readonly count: number;
  readonly total: { readonly amount: string };
}

const MONTH = `query Month($month: String!) { operator { invoiceMonth(month: $month) { currencies {
  closed { count total { amount } } paid { count total { amount } } open { count total { amount } }
  pastDue { count total { amount } } collectedShare } } } }`;

const INVOICES = '{ invoices(first: 100) { nodes { number total { amount } paymentPageUrl } } }';

interface ToldInvoice {
  readonly number: string | null;
  readonly total: { readonly amount: string };
  readonly paymentPageUrl: string | null;
}

/**
 * A month of a hundred payers: their agreements come as one CSV, what they used
 * gathers on drafts, and on the 2nd of the next month all of it is closed and
 * charged by itself. With an operator of its own, whose time is moved.
 */
export async function playMonth(demo: DemoFile, tell: Transcript): Promise<void> {
  tell.chapter(`A month of ${PAYERS} payers. Their agreements are sent as one file.`);
  const tenant = await makeTenant(demo, demo.platformKey, { operator: 'A month', merchant: 'Metered Things' });
  const story = new MonthStory(
    new ApiClient(demo.graphqlUrl, tenant.merchantKey),
    new ApiClient(demo.graphqlUrl, tenant.operatorKey),
    tell,
  );
  await story.run(systemClock.now());
}

class MonthStory {
  constructor(
    private readonly merchant: ApiClient,
    private readonly operator: ApiClient,
    private readonly tell: Transcript,
  ) {}

  async run(now: Date): Promise<void> {
    const month = now.toISOString().slice(0, 7);
    const next = (months: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
    const day = (months: number, of: number) =>
      `${next(months).toISOString().slice(0, 8)}${String(of).padStart(2, '0')}`;
    await this.sendAgreements();
    await this.addItems(`${month}-01`);
    this.tell.chapter('The 2nd of the next month comes. Nobody asks for anything.');
    await this.moveTo(day(1, 2));
    await this.expectClosed(month);
    this.tell.chapter('Those whose card has no money are tried again by the rule; then their time is over.');
    await this.moveTo(day(1, 20));
    await this.expectPastDue(month);
  }

  private async sendAgreements(): Promise<void> {
    const header =
      'terms.reference,terms.type,terms.maximumAmount,currency,payer.reference,payer.name,payment.credential.token';
    const rows = payers()
      .filter((payer) => !WITHOUT_AGREEMENT.has(payer))
      .map((payer) => {
        const token = DECLINED.has(payer) ? 'pm_card_chargeCustomerFail' : 'pm_card_visa';
        return `meter-${payer},UNSCHEDULED,500.00,EUR,household-${payer},Household ${payer},${token}`;
      });
    const file = { name: 'agreements.csv', text: `${[header, ...rows].join('\r\n')}\r\n` };
    const { operation } = await this.merchant.send<{ operation: { id: string } }>(
      'createAgreements',
      '{ operation { id } }',
      file,
    );
    this.tell.step('createAgreements', `${rows.length} rows: ${operation.id}`);
    const done = await until(
      () => this.bulk(operation.id),
      ({ status }) => status === 'COMPLETED',
    );
    const { succeeded, failed } = done.counts;
    this.tell.step('bulkOperation', `${done.status}: ${succeeded} succeeded, ${failed} failed`);
    this.tell.expect('the rows that succeeded', succeeded, rows.length);
  }

  private async bulk(id: string) {
    const query = 'query Bulk($id: ID!) { bulkOperation(id: $id) { status counts { succeeded failed } } }';
    const { bulkOperation } = await this.merchant.ask<{
      bulkOperation: { status: string; counts: { succeeded: number; failed: number } };
    }>(query, { id });
    return bulkOperation;
  }

  private async addItems(date: string): Promise<void> {
    this.tell.chapter('What they use gathers on the draft of the month: a fee, and so many kilowatt-hours.');
    const items = payers().flatMap((payer) => [
      { payer: payer, description: 'Basic fee', unitPrice: '20.00' },
      { payer: payer, description: 'Consumption, kWh', quantity: '1234', unitPrice: '0.0125' },
    ]);
    for (let from = 0; from < items.length; from += AT_ONCE) {
      await Promise.all(
        items.slice(from, from + AT_ONCE).map(({ payer, ...item }) =>
          this.merchant.change('addInvoiceItem', '{ item { id } }', {
            ...item,
            payer: { reference: `household-${payer}` },
            currency: 'EUR',
            taxRate: '19',
            date,
          }),
        ),
      );
    }
    this.tell.step('addInvoiceItem', `${items.length} items, each with 19 % tax`);
  }

  private async moveTo(date: string): Promise<void> {
    await this.operator.change('advanceTestClock', '{ operator { testClock } }', { to: `${date}T12:00:00Z` });
    this.tell.step('advanceTestClock', `it is ${date}`);
  }

  private async month(month: string) {
    const { operator } = await this.operator.ask<{ operator: { invoiceMonth: Month } }>(MONTH, { month });
    return operator.invoiceMonth.currencies[0];
  }

  private async expectClosed(month: string): Promise<void> {
    const { tell } = this;
    const totals = await until(
      () => this.month(month),
      (now) => now?.closed.count === PAYERS && now.paid.count === PAID,
    );
    tell.step('invoiceMonth', toldMonth(totals));
    tell.expect('the invoices that were closed', totals?.closed.count, PAYERS);
    tell.expect('the invoices that were paid', totals?.paid.count, PAID);
    const invoices = await until(
      () => this.invoices(),
      (all) => all.filter(hasPage).length === WITHOUT_AGREEMENT.size,
    );
    const numbers = invoices.map(({ number }) => number).toSorted();
    const wanted = payers().map((payer) => `TEST-INV-${String(payer).padStart(6, '0')}`);
    tell.step('invoices', `${numbers.at(0)} to ${numbers.at(-1)}, none missing, ${EACH} EUR each`);
    tell.expect('the numbers', numbers.join(' '), wanted.join(' '));
    tell.expect('the invoices of that amount', invoices.filter(({ total }) => total.amount === EACH).length, PAYERS);
    const pages = invoices.filter(hasPage);
    tell.step(
      'paymentPageUrl',
      `${pages.length} payers without an agreement are sent a page: ${pages[0]?.paymentPageUrl?.slice(0, 40)}…`,
    );
    tell.expect('the pages', pages.length, WITHOUT_AGREEMENT.size);
  }

  private async expectPastDue(month: string): Promise<void> {
    const { tell } = this;
    const late = DECLINED.size + WITHOUT_AGREEMENT.size;
    const totals = await until(
      () => this.month(month),
      (now) => now?.pastDue.count === late,
    );
    tell.step('invoiceMonth', toldMonth(totals));
    tell.expect('the invoices that are past due', totals?.pastDue.count, late);
    tell.expect('the invoices that were paid', totals?.paid.count, PAID);
  }

  private async invoices(): Promise<readonly ToldInvoice[]> {
    const { invoices } = await this.merchant.ask<{ invoices: { nodes: readonly ToldInvoice[] } }>(INVOICES);
    return invoices.nodes;
  }
}

function hasPage({ paymentPageUrl }: ToldInvoice): boolean {
  return paymentPageUrl !== null;
}

function payers(): readonly number[] {
  return Array.from({ length: PAYERS }, (_, index) => index + 1);
}

function toldMonth(totals: Month['currencies'][number] | undefined): string {
  if (!totals) return 'nothing';
  const { closed, paid, open, pastDue, collectedShare } = totals;
  const told = (name: string, { count, total }: Part) => `${name} ${count} (${total.amount} EUR)`;
  const parts = [told('closed', closed), told('paid', paid), told('open', open), told('past due', pastDue)];
  return `${parts.join(', ')}; collected ${collectedShare}`;
}

/** What is read as soon as it is as wanted; after a long wait as it is, for the expectations to complain of. */
async function until<Value>(read: () => Promise<Value>, isSo: (value: Value) => boolean): Promise<Value> {
  for (let waited = 0; ; waited += POLL_MS) {
    const value = await read();
    if (isSo(value) || waited >= PATIENCE_MS) return value;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
