import { AGREEMENT_FIELDS, type AgreementShop, type ToldAgreement } from './agreement-shop.js';

const REFERENCE = 'sofa-3';
const PARTS = ['33.34', '33.33', '33.33'];

/** One purchase in three parts: the first is paid in the shop, the others are charged by themselves. */
export class InstalmentChapters {
  #agreement: ToldAgreement | null = null;

  constructor(
    private readonly shop: AgreementShop,
    private readonly year: number,
  ) {}

  async begin(): Promise<void> {
    const { shop, year } = this;
    const { tell } = shop;
    tell.chapter('July: a sofa over 100 EUR in three parts, the first one paid now.');
    const { agreement, order } = await shop.merchant.change<{ agreement: ToldAgreement; order: { status: string } }>(
      'createAgreement',
      `{ agreement ${AGREEMENT_FIELDS} order { status } }`,
      {
        payer: { reference: 'sofa-buyer-3' },
        terms: { reference: REFERENCE, type: 'INSTALLMENT' },
        currency: 'EUR',
        installments: { total: '100.00', parts: 3 },
        schedule: { period: 'MONTH', startDate: `${year}-08-15` },
        payment: { credential: { token: 'pm_card_visa' } },
      },
    );
    this.#agreement = agreement;
    const parts = agreement.installments ?? [];
    tell.step(
      'createAgreement',
      `${REFERENCE}: ${parts.map(({ amount, status }) => `${amount.amount} ${status}`).join(', ')}`,
    );
    tell.expect('the first part', order.status, 'CAPTURED');
    tell.expect('the parts', parts.map(({ amount }) => amount.amount).join(' '), PARTS.join(' '));
    await shop.expectStatus(agreement, 'ACTIVE');
  }

  async payPart(number: number, date: string): Promise<void> {
    if (!this.#agreement) throw new Error('the plan has not begun');
    await this.shop.moveTo(date);
    await this.shop.expectPaid(this.#agreement.id, number, { date, amount: PARTS[number - 1] ?? '' });
  }

  async end(): Promise<void> {
    if (!this.#agreement) throw new Error('the plan has not begun');
    const { tell } = this.shop;
    const done = await this.shop.expectStatus(this.#agreement, 'COMPLETED');
    const { paid, due } = done.installmentStatement ?? {};
    tell.step('installmentStatement', `paid ${paid?.amount} EUR, due ${due?.amount} EUR`);
    tell.expect('what was paid', paid?.amount, '100.00');
    tell.expect('what is due', due?.amount, '0.00');
  }
}
