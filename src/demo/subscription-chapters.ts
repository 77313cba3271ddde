import { AGREEMENT_FIELDS, type AgreementShop, chargeOf, type ToldAgreement } from './agreement-shop.js';

const REFERENCE = 'gym-7';
const FEE = '20.00';
const CARD = { first: '4242424242424242', second: '5555555555554444' };

/** The last day of a month (from 1) of a year, by the calendar's own rules and none of the product's. */
function monthEnd(year: number, month: number): string {
  return new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
}

/** A subscription that begins on the 31st of January, over a whole year. */
export class SubscriptionChapters {
  #agreement: ToldAgreement | null = null;
  #token = '';

  constructor(
    private readonly shop: AgreementShop,
    private readonly year: number,
  ) {}

  async begin(): Promise<void> {
    const { shop, year } = this;
    const { tell } = shop;
    tell.chapter(`A subscription, begun for the 31st of January ${year}: 20 EUR each month.`);
    await shop.moveTo(`${year}-01-30`);
    this.#token = await shop.cardOfPayer(CARD.first);
    const { agreement, order } = await shop.merchant.change<{ agreement: ToldAgreement; order: { status: string } }>(
      'createAgreement',
      `{ agreement ${AGREEMENT_FIELDS} order { status } }`,
      {
        payer: { reference: 'member-7', name: 'Ada Payer' },
        terms: { reference: REFERENCE, type: 'RECURRING', amountVariability: 'FIXED' },
        currency: 'EUR',
        chargeAmount: { fixed: FEE },
        schedule: { period: 'MONTH', startDate: `${year}-01-31` },
        payment: { credential: { token: this.#token } },
      },
    );
    this.#agreement = agreement;
    tell.step('createAgreement', `${REFERENCE}; the card is checked without taking money: ${order.status}`);
    tell.expect('the check', order.status, 'VERIFIED');
    await shop.expectStatus(agreement, 'ACTIVE');
    const dates = agreement.upcomingCharges.map(({ date }) => date);
    tell.step('upcomingCharges', `${dates.slice(0, 5).join(', ')}, …`);
    const wanted = Array.from({ length: 12 }, (_, month) => monthEnd(year, month + 1));
    tell.expect('the forecast', dates.join(' '), wanted.join(' '));
  }

  /** The month ends come, and with each of them a charge. */
  async passMonths(first: number, last: number): Promise<void> {
    for (let month = first; month <= last; month += 1) await this.passMonth(month);
  }

  async passMonth(month: number): Promise<void> {
    const date = monthEnd(this.year, month);
    await this.shop.moveTo(date);
    await this.shop.expectPaid(this.#known.id, month, { date, amount: FEE });
  }

  async declineAndRecover(): Promise<void> {
    const { shop } = this;
    const { tell } = shop;
    const { id } = this.#known;
    tell.chapter('April: the card has no money, twice. It is tried again by the rule: after 1 day, after 3.');
    await shop.bankDeclines(this.#token, { code: 'insufficient_funds', times: 2 });
    const due = monthEnd(this.year, 4);
    await this.expectDecline(1, due);
    await shop.expectStatus(this.#known, 'PAST_DUE');
    await this.expectDecline(2, `${this.year}-05-02`);
    await shop.moveTo(`${this.year}-05-04`);
    await shop.expectPaid(id, 4, { date: due, amount: FEE, attempts: 3 });
    await shop.expectStatus(this.#known, 'ACTIVE');
  }

  private async expectDecline(attempt: number, date: string): Promise<void> {
    const { tell } = this.shop;
    await this.shop.moveTo(date);
    const tried = await this.shop.once(this.#known.id, (now) => isRetried(now, attempt));
    const charge = chargeOf(tried, 4);
    const again = charge?.retryAt?.slice(0, 10);
    tell.step('agreement', `${tried.status}; attempt ${attempt}: ${charge?.declineCode}; again on ${again}`);
    tell.expect('the attempts', charge?.attempts, attempt);
    tell.expect('the decline code', charge?.declineCode, 'insufficient_funds');
    tell.expect('whether it is tried again', again !== undefined, true);
  }

  async replaceCard(): Promise<void> {
    const { shop } = this;
    shop.tell.chapter('May: a new card. The payer makes a new first transaction under the same agreement.');
    const token = await shop.cardOfPayer(CARD.second);
    const { agreement, order } = await shop.merchant.change<{ agreement: ToldAgreement; order: { status: string } }>(
      'replaceAgreementCredential',
      `{ agreement ${AGREEMENT_FIELDS} order { status } }`,
      { agreementId: this.#known.id, payment: { credential: { token } } },
    );
    const card = `${agreement.credential?.brand} …${agreement.credential?.lastFour}`;
    shop.tell.step('replaceAgreementCredential', `${order.status}: charged from now on is ${card}`);
    shop.tell.expect('the check of the new card', order.status, 'VERIFIED');
    shop.tell.expect('the card', card, 'mastercard …4444');
    // The old card would be declined: what is paid now is paid with the new one.
    await shop.bankDeclines(this.#token, { code: 'lost_card', times: 100 });
  }

  async end(): Promise<void> {
    const { shop, year } = this;
    const { tell } = shop;
    const now = await shop.agreement(this.#known.id);
    const paid = now.charges.nodes.filter(({ status }) => status === 'PAID');
    tell.step('agreement', `${paid.length} charges were paid, the next one is on ${now.upcomingCharges[0]?.date}`);
    tell.expect('the charges', now.charges.nodes.length, 12);
    tell.expect('the charges that were paid', paid.length, 12);
    tell.expect('paymentsMade', now.paymentsMade, 12);
    tell.expect('the next charge', now.upcomingCharges[0]?.date, `${year + 1}-01-31`);
    await shop.merchant.change('cancelAgreement', '{ agreement { status } }', { agreementId: now.id });
    tell.step('cancelAgreement', 'the payer leaves');
    const ended = await shop.expectStatus(now, 'CANCELED');
    tell.expect('what still comes', ended.upcomingCharges.length, 0);
  }

  get #known(): ToldAgreement {
    if (!this.#agreement) throw new Error('the subscription has not begun');
    return this.#agreement;
  }
}

function isRetried(agreement: ToldAgreement, attempts: number): boolean {
  const charge = chargeOf(agreement, 4);
  return charge?.attempts === attempts && charge.retryAt !== null;
}
