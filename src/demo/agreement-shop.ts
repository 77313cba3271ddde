import type { ApiClient } from './api-client.js';
import type { LiveStatuses } from './live-statuses.js';
import type { Transcript } from './transcript.js';

/** An agreement as the story asks for it. */
export interface ToldAgreement {
  readonly id: string;
  readonly reference: string;
  readonly status: string;
  readonly paymentsMade: number;
  readonly credential: { readonly brand: string | null; readonly lastFour: string | null } | null;
  readonly charges: { readonly nodes: readonly ToldCharge[] };
  readonly upcomingCharges: readonly { readonly number: number; readonly date: string }[];
  readonly installments: readonly ToldPart[] | null;
  readonly installmentStatement: { readonly due: Amount; readonly paid: Amount } | null;
}

export interface ToldCharge {
  readonly number: number | null;
  readonly status: string;
  readonly attempts: number;
  readonly amount: Amount;
  readonly declineCode: string | null;
  readonly retryAt: string | null;
  readonly plannedAt: string;
  readonly orders: readonly { readonly status: string; readonly billNumber: string }[];
}

export interface ToldPart {
  readonly number: number;
  readonly status: string;
  readonly amount: Amount;
}

interface Amount {
  readonly amount: string;
}

export const AGREEMENT_FIELDS = `{ id reference status paymentsMade credential { brand lastFour }
  charges(first: 20) { nodes { number status attempts amount { amount } declineCode retryAt plannedAt
    orders { status billNumber } } }
  upcomingCharges(first: 12) { number date }
  installments { number status amount { amount } }
  installmentStatement { due { amount } paid { amount } } }`;

const QUERY = `query Agreement($id: ID!) { agreement(id: $id) ${AGREEMENT_FIELDS} }`;

/** A charge follows its time within a second or two; a slow machine gets more. */
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

interface Parts {
  readonly merchant: ApiClient;
  readonly operator: ApiClient;
  readonly live: LiveStatuses;
  readonly tell: Transcript;
  readonly sandboxUrl: string;
  readonly controlUrl: string;
}

/** A shop that charges by agreements, the time it lives in, and the payers' banks. */
export class AgreementShop {
  readonly merchant: ApiClient;
  readonly tell: Transcript;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.merchant = parts.merchant;
    this.tell = parts.tell;
  }

  /** Moves the operator's time to noon of a day. */
  async moveTo(date: string): Promise<void> {
    await this.#parts.operator.change('advanceTestClock', '{ operator { testClock } }', { to: `${date}T12:00:00Z` });
    this.tell.step('advanceTestClock', `it is ${date}`);
  }

  agreement(id: string): Promise<ToldAgreement> {
    return this.merchant.ask<{ agreement: ToldAgreement }>(QUERY, { id }).then(({ agreement }) => agreement);
  }

  /** The agreement as soon as it is as wanted; after a long wait as it is, for the expectations to complain of. */
  async once(id: string, isSo: (agreement: ToldAgreement) => boolean): Promise<ToldAgreement> {
    for (let waited = 0; ; waited += POLL_MS) {
      const agreement = await this.agreement(id);
      if (isSo(agreement) || waited >= PATIENCE_MS) return agreement;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Waits for a period's charge to be paid, tells of it, and checks when it was planned and how often it was tried. */
  async expectPaid(id: string, number: number, wanted: { date: string; amount: string; attempts?: number }) {
    const agreement = await this.once(id, (now) => chargeOf(now, number)?.status === 'PAID');
    const charge = chargeOf(agreement, number);
    const { date, amount, attempts = 1 } = wanted;
    this.tell.step('agreement', `${agreement.reference}, charge ${number}: ${charge ? toldCharge(charge) : 'none'}`);
    this.tell.expect(`the status of charge ${number}`, charge?.status, 'PAID');
    this.tell.expect(`the day of charge ${number}`, charge?.plannedAt.slice(0, 10), date);
    this.tell.expect(`the amount of charge ${number}`, charge?.amount.amount, amount);
    this.tell.expect(`the attempts at charge ${number}`, charge?.attempts, attempts);
    const paid = charge?.orders.filter(({ status }) => status === 'CAPTURED').length;
    this.tell.expect(`how often charge ${number} was paid`, paid, 1);
    return agreement;
  }

  /** What the subscription says, and then what the query says: both have to come to the same. */
  async expectStatus(agreement: Pick<ToldAgreement, 'id' | 'reference'>, wanted: string): Promise<ToldAgreement> {
    const heard = await this.#parts.live.heard(agreement.reference, wanted);
    this.tell.tellHeard();
    this.tell.expect(`whether the subscription told of ${wanted}`, heard, true);
    const now = await this.agreement(agreement.id);
    this.tell.expect('the status', now.status, wanted);
    return now;
  }

  /** A card as Stripe.js would make a token of it in the payer's browser. */
  async cardOfPayer(number: string): Promise<string> {
    const { operator } = await this.#parts.operator.ask<{
      operator: { paymentSystemAccounts: { publishableKey: string }[] };
    }>('{ operator { paymentSystemAccounts { publishableKey } } }');
    const response = await fetch(new URL('/v1/payment_methods', this.#parts.sandboxUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${operator.paymentSystemAccounts[0]?.publishableKey}` },
      body: new URLSearchParams({
        type: 'card',
        'card[number]': number,
        'card[exp_month]': '12',
        'card[exp_year]': '2049',
        'card[cvc]': '123',
      }),
    });
    const { id } = (await response.json()) as { id?: string };
    if (!id) throw new Error(`the payment system made no token: ${response.status}`);
    return id;
  }

  /** Has the payer's bank decline a card so many times. */
  async bankDeclines(token: string, order: { code: string; times: number }): Promise<void> {
    const response = await fetch(new URL(`/payment_methods/${token}/decline`, this.#parts.controlUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    if (!response.ok) throw new Error(`the sandbox answered ${response.status}`);
    this.tell.step("(the payer's bank)", `declines that card from now on: ${order.code}, ${order.times} times`);
  }
}

export function chargeOf({ charges }: ToldAgreement, number: number): ToldCharge | undefined {
  return charges.nodes.find((charge) => charge.number === number);
}

export function toldCharge({ status, attempts, amount, plannedAt, orders }: ToldCharge): string {
  const bills = orders.map(({ billNumber, status: each }) => `bill ${billNumber} ${each}`).join(', ');
  return `${status}, ${amount.amount} EUR of ${plannedAt.slice(0, 10)}, attempts: ${attempts} (${bills})`;
}
