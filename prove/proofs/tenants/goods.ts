import { dashboard } from '../../../test/reliability/orders/books.js';
import { chargesCsv, csvOf, formOf, putFile } from '../../../test/support/bulk.js';
import { type Json, pay, type Shop } from '../../../test/support/product.js';
import { formOrder, type Merchant, markOf, orderOf, payerOf, sale, type Tenant } from './fill.js';
import type { World } from './world.js';

const MANDATE = { acceptedAt: '2026-11-21T12:00:00Z', ipAddress: '203.0.113.7', userAgent: 'Firefox' };

type Id = { readonly id: string };
type WithOrder = { readonly order: Id };

/** What a merchant of a tenant has: a little of everything, in as many states as can be had. */
export class Goods {
  readonly #key: string;
  readonly #letter: string;
  readonly #number: number;
  readonly #mark: string;
  #items = 0;

  constructor(
    private readonly world: World,
    private readonly tenant: Tenant,
    private readonly merchant: Merchant,
  ) {
    this.#key = merchant.key;
    this.#letter = tenant.letter;
    this.#number = merchant.number;
    this.#mark = markOf(tenant.letter, merchant.number);
  }

  get #retailer(): Json {
    return { tradingName: this.#mark, abbreviatedTradingName: 'shop', merchantCategoryCode: '5734' };
  }

  do<Payload extends Json>(mutation: string, input: Json): Promise<Payload> {
    return this.world.do<Payload>(this.#key, mutation, input);
  }

  order(name: string, more: Json = {}): Promise<WithOrder & Json> {
    return this.do('createOrder', orderOf(this.#letter, this.#number, name, more));
  }

  payer(name?: string): Json {
    return payerOf(this.#letter, this.#number, name);
  }

  /** One of most things, where there is no time for more; of the second merchant an order, to have something that is its own. */
  async few(): Promise<void> {
    await this.order('sale', { ...sale(), saveCredential: true });
    if (this.#number > 1) return;
    await this.order('hold', { ...sale(), captureMode: 'MANUAL' });
    const { agreement } = await this.agreement('monthly');
    await this.do('chargeAgreement', { agreementId: agreement.id, amount: '5.00', outsideSchedule: true });
    await this.credit(await this.closed('owing'), {}, '10.00');
    await this.item('drafted');
    await this.do('chargeAgreements', {});
  }

  async orders(): Promise<void> {
    const manual = { captureMode: 'MANUAL' };
    await this.order('sale', { ...sale(), saveCredential: true });
    const { order: part } = await this.order('part', { ...manual, ...sale() });
    await this.do('captureOrder', { orderId: part.id, amount: '60.00', finalCapture: false });
    await this.do('cancelOrder', { orderId: part.id, amount: '20.00', reason: 'PAYER' });
    await this.order('hold', { ...manual, ...sale() });
    await this.order('declined', sale('pm_card_visa_chargeDeclinedInsufficientFunds'));
    await this.order('3ds', sale('pm_card_authenticationRequired'));
    await this.order('page', { expiresAt: new Date(this.world.product.clock.now().getTime() + 86_400_000 * 6) });
    await this.order('disputed', sale('pm_card_createDispute'));
    const { order: raised } = await this.order('raised', { ...manual, ...sale() });
    await this.do('increaseAuthorization', { orderId: raised.id, amount: '120.00' });
    const { order: later } = await this.order('later');
    await this.do('payOrder', { orderId: later.id, payment: pay('pm_card_mastercard') });
    await formOrder(this.world, this.#letter, this.merchant);
  }

  async credentials(): Promise<void> {
    const added = await this.do<{ storedCredential: Id }>('addStoredCredential', {
      payer: this.payer(),
      payment: pay('pm_card_amex'),
      orderNumber: `${this.#mark}-card`,
    });
    await this.do('removeStoredCredential', { storedCredentialId: added.storedCredential.id });
    await this.do('addStoredCredential', {
      payer: this.payer('bank'),
      payment: pay('pm_success_de', { mandate: MANDATE }),
      currency: 'EUR',
      orderNumber: `${this.#mark}-bank`,
    });
  }

  async agreement(name: string, more: Json = {}): Promise<Json & { agreement: Id; order: Id }> {
    const { terms, ...rest } = more;
    return this.do('createAgreement', {
      payer: this.payer(name),
      currency: 'EUR',
      payment: pay('pm_card_visa'),
      terms: {
        type: 'RECURRING',
        amountVariability: 'VARIABLE',
        reference: `${this.#mark}-${name}`,
        metadata: { note: this.#mark },
        ...(terms as Json),
      },
      ...rest,
    });
  }

  async agreements(): Promise<void> {
    const { product } = this.world;
    const date = (days: number) => day(this.world, days);
    const schedule = { period: 'MONTH', startDate: date(1), localTime: '00:00', timeZone: 'UTC' };
    const full = await this.agreement('monthly', {
      chargeAmount: { fixed: '20.00' },
      schedule: { ...schedule, finishDate: date(720) },
      terms: {
        expiryDate: date(900),
        frequency: 'MONTHLY',
        maximumAmount: '90.00',
        minimumAmount: '1.00',
        minimumDaysBetweenPayments: 1,
        numberOfPayments: 20,
        startDate: date(0),
      },
    });
    await this.do('chargeAgreement', { agreementId: full.agreement.id, amount: '5.00', outsideSchedule: true });
    await this.do('updateAgreement', { agreementId: full.agreement.id, metadata: { note: `${this.#mark} again` } });
    await this.do('replaceAgreementCredential', {
      agreementId: full.agreement.id,
      payment: pay('pm_card_mastercard'),
      orderNumber: `${this.#mark}-other-card`,
    });
    const parts = await this.agreement('parts', {
      terms: { type: 'INSTALLMENT', amountVariability: 'FIXED', retailer: this.#retailer },
      installments: { total: '90.00', parts: 3 },
      schedule,
    });
    await this.do('payOffAgreement', { agreementId: parts.agreement.id });
    await this.agreement('parts-left', {
      terms: { type: 'INSTALLMENT', amountVariability: 'FIXED', retailer: this.#retailer },
      installments: { total: '90.00', parts: 3 },
      schedule,
    });
    const topUp = await this.agreement('prepaid', {
      terms: { type: 'UNSCHEDULED' },
      topUp: { threshold: '5.00', amount: '20.00' },
    });
    await this.do('reportBalance', { agreementId: topUp.agreement.id, balance: '1.00' });
    await this.agreement('range', { chargeAmount: { range: { from: '10.00', to: '99.00' } }, schedule });
    await this.agreement('sequence', { chargeAmount: { sequence: ['1.00', '2.00'] }, schedule });
    const suspended = await this.agreement('suspended');
    await this.do('suspendAgreement', { agreementId: suspended.agreement.id });
    const back = await this.agreement('back');
    await this.do('suspendAgreement', { agreementId: back.agreement.id });
    await this.do('resumeAgreement', { agreementId: back.agreement.id });
    const ended = await this.agreement('ended');
    await this.do('cancelAgreement', { agreementId: ended.agreement.id });
    await this.agreement('pending', { payment: undefined, returnUrl: `https://shop.example/${this.#mark}` });
    const { order } = await this.order('first', { ...sale(), saveCredential: true });
    await this.do('createAgreementFromOrder', {
      orderId: order.id,
      terms: { type: 'UNSCHEDULED', reference: `${this.#mark}-from-order` },
    });
    const stripe = dashboard(product, this.tenant as unknown as Shop);
    const customer = await stripe.customers.create({ name: this.#mark });
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    await this.do('importAgreement', {
      payer: this.payer('imported'),
      terms: { type: 'RECURRING', amountVariability: 'VARIABLE', reference: `${this.#mark}-imported` },
      currency: 'USD',
      credential: { token: card.id, externalCustomerId: customer.id },
      firstTransaction: { date: '2023-03-31', reference: this.#mark },
    });
  }

  /** Its card is refused from now on. */
  async declining(name: string, more: Json = {}): Promise<string> {
    const { product } = this.world;
    const schedule = { period: 'DAY', startDate: day(this.world, 1), localTime: '00:00', timeZone: 'UTC' };
    const input = { chargeAmount: { fixed: '20.00' }, schedule, ...more };
    const { agreement, order } = await this.agreement(name, input);
    const operation = await this.#firstTransaction(order.id);
    const stripe = dashboard(product, this.tenant as unknown as Shop);
    const intent = await stripe.setupIntents.retrieve(operation);
    product.sandbox.control.declineFrom(String(intent.payment_method), { code: 'insufficient_funds' });
    return agreement.id;
  }

  async #firstTransaction(orderId: string): Promise<string> {
    const query = 'query ($id: ID!) { order(id: $id) { operations { transactions { externalId } } } }';
    const { data } = await this.world.ask(this.#key, query, { id: orderId });
    const order = data?.order as { operations: { transactions: { externalId: string }[] }[] };
    return order.operations[0]?.transactions[0]?.externalId ?? '';
  }

  item(name: string, more: Json = {}): Promise<{ item: Id; invoice: Id } & Json> {
    this.#items += 1;
    return this.do('addInvoiceItem', {
      payer: this.payer(name),
      currency: 'EUR',
      description: `${this.#mark} traffic`,
      unitPrice: '100.00',
      taxRate: '19',
      reference: `${this.#mark}-${name}-${this.#items}`,
      metadata: { note: this.#mark },
      ...more,
    });
  }

  async closed(name: string, more: Json = {}): Promise<string> {
    const { invoice } = await this.item(name, more);
    await this.do('updateInvoice', { invoiceId: invoice.id, title: `${this.#mark} ${name}` });
    await this.do('finalizeInvoice', { invoiceId: invoice.id });
    return invoice.id;
  }

  async invoices(): Promise<void> {
    const { item } = await this.item('drafted');
    await this.item('drafted');
    await this.do('removeInvoiceItem', { itemId: item.id });
    await this.agreement('billed');
    const paid = await this.closed('billed');
    await this.do('payInvoice', { invoiceId: paid });
    const { creditNote } = await this.credit(paid, { settlement: 'REFUND' }, '10.00');
    await this.credit(paid, { settlement: 'BALANCE' }, '20.00');
    await this.closed('billed');
    if (!creditNote) throw new Error('no credit note');
    await this.credit(await this.closed('owing'), {}, '10.00');
    await this.do('voidInvoice', { invoiceId: await this.closed('voided') });
    const lost = await this.closed('lost');
    await this.do('markInvoiceUncollectible', { invoiceId: lost });
    const again = await this.closed('again');
    await this.do('markInvoiceUncollectible', { invoiceId: again });
    await this.do('reopenInvoice', { invoiceId: again });
    const outside = await this.closed('outside');
    await this.do('payInvoice', { invoiceId: outside, paidOutside: { reference: this.#mark } });
    await this.closed('cents', { unitPrice: '0.10', taxRate: undefined });
    await this.declining('unpaid', { chargeAmount: undefined, schedule: undefined });
    await this.closed('unpaid');
  }

  async credit(invoiceId: string, more: Json, amount: string): Promise<Json & { creditNote?: Id }> {
    const { data } = await this.world.ask(
      this.#key,
      'query ($id: ID!) { invoice(id: $id) { items { nodes { id } } } }',
      {
        id: invoiceId,
      },
    );
    const invoice = data?.invoice as { items: { nodes: Id[] } };
    const lines = [{ itemId: invoice.items.nodes[0]?.id, amount }];
    return this.do('createCreditNote', { invoiceId, reason: `${this.#mark} returned`, lines, ...more });
  }

  /** Files that were carried out, are refused, wait, and are under way; answers with the address of the one that waits. */
  async files(): Promise<void> {
    const mark = this.#mark;
    const row = (name: string, token: string) =>
      `${mark}-${name},${mark}-${name},${mark}@shop.example,RECURRING,VARIABLE,EUR,${token}`;
    const header =
      'terms.reference,payer.reference,payer.email,terms.type,terms.amountVariability,currency,payment.credential.token';
    await this.file('createAgreements', csvOf(header, row('row', 'pm_card_visa'), row('bad-row', 'nothing')));
    await this.world.product.built.jobs.wake('bulk.run');
    const charges = 'orderNumber,agreementReference,amount,description';
    await this.file('chargeAgreements', csvOf(charges, `${mark}-charge,${mark}-row,10.00,${mark}`));
    const changes = 'changeReference,agreementReference,chargeAmount.fixed';
    await this.file('updateAgreements', csvOf(changes, `${mark}-change,${mark}-row,30.00`));
    await this.world.product.built.jobs.wake('bulk.run');
    const refused = await this.do<{ operation: { uploadUrl: string } }>('chargeAgreements', {});
    await putFile(refused.operation.uploadUrl, csvOf('orderNumber,nonsense', `${mark}-1,2`));
    await this.do('chargeAgreements', {});
    const paused = await this.file('chargeAgreements', chargesCsv(3, mark));
    await this.do('pauseBulkOperation', { bulkOperationId: paused });
    const resumed = await this.file('chargeAgreements', chargesCsv(3, `${mark}-r`));
    await this.do('pauseBulkOperation', { bulkOperationId: resumed });
    await this.do('resumeBulkOperation', { bulkOperationId: resumed });
    await this.do('cancelBulkOperation', { bulkOperationId: resumed });
  }

  async file(mutation: 'createAgreements' | 'chargeAgreements' | 'updateAgreements', csv: string): Promise<string> {
    const response = await fetch(`${this.world.product.url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#key}`, 'apollo-require-preflight': '1' },
      body: formOf(mutation, {}, new Blob([csv]), `${this.#mark}.csv`),
    });
    const { data } = (await response.json()) as { data: Record<string, { operation?: Id }> };
    const id = data[mutation]?.operation?.id;
    if (!id) throw new Error(JSON.stringify(data));
    return id;
  }
}

export function day(world: World, later: number): string {
  return new Date(world.product.clock.now().getTime() + later * 86_400_000).toISOString().slice(0, 10);
}
