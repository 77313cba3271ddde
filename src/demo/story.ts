import { systemClock } from '../kernel/clock.js';
import type { ApiClient } from './api-client.js';
import type { LiveStatuses } from './live-statuses.js';
import { ORDER_FIELDS, type ToldOrder, type Transcript } from './transcript.js';

/** The payment system's tokens for its test cards. */
const CARD = {
  good: 'pm_card_visa',
  withoutFunds: 'pm_card_visa_chargeDeclinedInsufficientFunds',
  wantsBank: 'pm_card_threeDSecure2Required',
};

const SHOP_PAGE = 'https://shop.example/thanks';

interface Wanted {
  readonly amount: string;
  readonly token: string;
  readonly captureMode?: 'AUTOMATIC' | 'MANUAL';
}

/** A morning at a shop, through the public API only. Each step says what it expects. */
export class Story {
  #orders = 0;
  /** Order numbers are the shop's own and used once; the time tells this morning from the last. */
  readonly #morning = systemClock.now().getTime().toString(36).toUpperCase();

  constructor(
    private readonly api: ApiClient,
    private readonly live: LiveStatuses,
    private readonly tell: Transcript,
  ) {}

  async run(): Promise<void> {
    await this.holdThenTakePart();
    await this.decline();
    await this.askTheBank();
  }

  private async holdThenTakePart(): Promise<void> {
    this.tell.chapter('Two stages: 100 EUR are held, 60 are taken when the goods leave, 20 of them go back.');
    const { id, orderNumber } = await this.order({ amount: '100.00', token: CARD.good, captureMode: 'MANUAL' });
    await this.expectStatus(id, orderNumber, 'AUTHORIZED');

    const captured = await this.api.change<{ order: ToldOrder }>('captureOrder', `{ order ${ORDER_FIELDS} }`, {
      orderId: id,
      amount: '60.00',
    });
    this.tell.step('captureOrder', 'takes 60.00 EUR and gives the rest of the hold back');
    this.tell.order(captured.order);
    this.tell.expect('the captured amount', captured.order.capturedAmount.amount, '60.00');
    await this.expectStatus(id, orderNumber, 'PARTIALLY_CAPTURED');

    const refunded = await this.api.change<{ order: ToldOrder }>('cancelOrder', `{ order ${ORDER_FIELDS} }`, {
      orderId: id,
      amount: '20.00',
      reason: 'PAYER',
    });
    this.tell.step('cancelOrder', 'gives 20.00 EUR back: the money was taken, so it becomes a refund');
    this.tell.order(refunded.order);
    this.tell.expect('the refunded amount', refunded.order.refundedAmount.amount, '20.00');
    await this.expectStatus(id, orderNumber, 'PARTIALLY_REFUNDED');
  }

  private async decline(): Promise<void> {
    this.tell.chapter('A decline: not an error, but what became of the payment.');
    const { id, orderNumber, operations } = await this.order({ amount: '42.00', token: CARD.withoutFunds });
    const code = operations[0]?.declineCode;
    this.tell.step('', `the bank says: ${code}`);
    this.tell.expect('the decline code', code, 'insufficient_funds');
    await this.expectStatus(id, orderNumber, 'DECLINED');
  }

  private async askTheBank(): Promise<void> {
    this.tell.chapter("3-D Secure: the payer's bank wants to hear from the payer.");
    const { id, orderNumber, status, nextAction } = await this.order({ amount: '75.50', token: CARD.wantsBank });
    this.tell.expect('the status', status, 'REQUIRES_ACTION');
    await this.expectHeard(orderNumber, 'REQUIRES_ACTION');
    const page = nextAction?.redirectUrl;
    if (!page) return this.tell.expect('the address of the page', page, 'a URL');
    this.tell.step('(the payer)', `confirms at ${page}`);
    await confirmAsPayer(page);
    await this.expectStatus(id, orderNumber, 'CAPTURED');
  }

  private async order({ amount, token, captureMode = 'AUTOMATIC' }: Wanted): Promise<ToldOrder> {
    this.#orders += 1;
    const { order } = await this.api.change<{ order: ToldOrder }>('createOrder', `{ order ${ORDER_FIELDS} }`, {
      orderNumber: `${this.#morning}-${this.#orders}`,
      amount: { amount, currency: 'EUR' },
      captureMode,
      payment: { credential: { token } },
      returnUrl: SHOP_PAGE,
    });
    this.tell.step('createOrder', `${order.orderNumber} over ${amount} EUR, ${captureMode}, card ${token}`);
    this.tell.order(order);
    return order;
  }

  /** What the subscription says, and then what the query says: both have to come to the same. */
  private async expectStatus(id: string, orderNumber: string, wanted: string): Promise<void> {
    await this.expectHeard(orderNumber, wanted);
    const { order } = await this.api.ask<{ order: ToldOrder }>(
      `query Order($id: ID!) { order(id: $id) ${ORDER_FIELDS} }`,
      {
        id,
      },
    );
    this.tell.step('order', `is ${order.status}`);
    this.tell.expect('the status', order.status, wanted);
  }

  private async expectHeard(orderNumber: string, wanted: string): Promise<void> {
    const heard = await this.live.heard(orderNumber, wanted);
    this.tell.tellHeard();
    this.tell.expect(`whether the subscription told of ${wanted}`, heard, true);
  }
}

/** Presses the button on the bank's page, as a browser would. */
async function confirmAsPayer(page: string): Promise<void> {
  const response = await fetch(page, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'outcome=succeed',
    redirect: 'manual',
  });
  if (response.status !== 303) throw new Error(`the bank's page answered ${response.status}`);
}
