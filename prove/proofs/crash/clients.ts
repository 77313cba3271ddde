import { setTimeout as pause } from 'node:timers/promises';
import { Client, type Json, pay, type Refusal } from '../../../test/support/product.js';
import type { Member } from '../../world/member.js';
import type { Tenant } from './tenants.js';

/** What is asked, once: its key stays the same however often it is sent. */
export interface Command {
  readonly tenant: Tenant;
  readonly mutation: Mutation;
  readonly input: Json & { readonly idempotencyKey: string; readonly orderNumber?: string; readonly orderId?: string };
  /** Every answer that arrived, in order. */
  readonly answers: Answer[];
  /** How often it was sent and no answer came. */
  lost: number;
}

type Mutation = 'createOrder' | 'chargeAgreement' | 'captureOrder' | 'cancelOrder' | 'increaseAuthorization';

export interface OrderTold {
  readonly id: string;
  readonly status: string;
  readonly authorizedAmount: { readonly amount: string };
  readonly capturedAmount: { readonly amount: string };
  readonly refundedAmount: { readonly amount: string };
}

type Answer = {
  readonly order?: OrderTold;
  readonly operation?: { readonly id: string };
} & Partial<Refusal>;

const ORDER = 'order { id status authorizedAmount { amount } capturedAmount { amount } refundedAmount { amount } }';
const OF_AN_OPERATION = `${ORDER} operation { id }`;
const SELECTED: Readonly<Record<Mutation, string>> = {
  createOrder: ORDER,
  chargeAgreement: ORDER,
  captureOrder: OF_AN_OPERATION,
  cancelOrder: OF_AN_OPERATION,
  increaseAuthorization: OF_AN_OPERATION,
};

const CARDS = [...Array<string>(8).fill('pm_card_visa'), 'pm_card_mastercard', 'pm_card_visa_chargeDeclined'];
/** What a refusal that says "try again" is tried. */
const REFUSED_MAX = 3;
const PAUSE_MS = 100;
/** Of the orders that a shop has made lately, so that what is done to them meets. */
const LATELY = 30;

export function isDone({ answers }: Command): boolean {
  return answers.some(({ order }) => order !== undefined);
}

/** Nothing was heard of it, but perhaps that it is under way. */
export function isUndecided({ answers }: Command): boolean {
  const last = answers.at(-1);
  return last === undefined || last.code === 'IDEMPOTENCY_KEY_IN_USE';
}

/** Everybody who asks, and all they have heard. */
export class Clients {
  readonly commands: Command[] = [];
  /** Whatever was neither an answer nor a broken connection, by its code. */
  readonly errors = new Map<string, number>();
  readonly #lately = new Map<Tenant, string[]>();
  readonly #giveUp = new AbortController();
  #numbers = 0;

  constructor(
    private readonly sellers: readonly Tenant[],
    private readonly doors: readonly Member[],
    private readonly random: () => number,
  ) {}

  /** One after the other until `isOver`; the last of them is asked until it is answered. */
  async keepAsking(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const command = this.#next();
      this.commands.push(command);
      await this.#ask(command);
      const [answer] = command.answers.slice(-1);
      if (answer?.order) this.#remember(command.tenant, answer.order.id);
      // As those do who do not trust a network: what is done already is not done again.
      if (answer?.order && this.random() < 0.1) await this.#ask(command);
    }
  }

  /** Whoever has not been answered by now asks at the end once more. */
  giveUp(): void {
    this.#giveUp.abort();
  }

  /**
   * When all is settled: whoever has no answer yet asks again, and of those who
   * have heard of an order some do, as they may for a week.
   */
  async askAtTheEnd(url: string): Promise<void> {
    const waiting = this.commands.filter((command) => isUndecided(command) || (isDone(command) && this.random() < 0.2));
    for (const command of waiting) {
      const answer = await this.#send(command, url).catch((error: unknown) => this.#count(error));
      if (answer) command.answers.push(answer);
    }
  }

  async #ask(command: Command): Promise<void> {
    for (let refused = 0; refused < REFUSED_MAX; ) {
      const answer = await this.#send(command, this.#door().url).catch((error: unknown) => this.#count(error));
      if (answer) command.answers.push(answer);
      else command.lost += 1;
      if (answer && !answer.retryable) return;
      if (answer) refused += 1;
      if (this.#giveUp.signal.aborted) return;
      await pause(PAUSE_MS * (1 + this.random()));
    }
  }

  #send({ tenant, mutation, input }: Command, url: string): Promise<Answer> {
    return new Client(url, tenant.shop.key).do<Answer>(mutation, input, SELECTED[mutation]);
  }

  #door(): Member {
    const open = this.doors.filter(({ isRunning }) => isRunning);
    return this.#pick(open.length > 0 ? open : this.doors);
  }

  #count(error: unknown): undefined {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    const what = cause?.code ?? message.slice(0, 80);
    this.errors.set(what, (this.errors.get(what) ?? 0) + 1);
  }

  #next(): Command {
    const tenant = this.#pick(this.sellers);
    const lately = this.#lately.get(tenant) ?? [];
    const draw = this.random();
    if (draw < 0.35 || lately.length < 4) return this.#command(tenant, 'createOrder', this.#anOrder());
    if (draw < 0.55) {
      const charge = { agreementId: this.#pick(tenant.agreements), amount: this.#amount(40), outsideSchedule: true };
      return this.#command(tenant, 'chargeAgreement', { ...charge, orderNumber: this.#number() });
    }
    const orderId = this.#pick(lately);
    if (draw < 0.8) {
      const part = { amount: this.#amount(60), finalCapture: this.random() < 0.3 };
      return this.#command(tenant, 'captureOrder', { orderId, ...(this.random() < 0.6 && part) });
    }
    if (draw < 0.95) {
      const part = { amount: this.#amount(50) };
      return this.#command(tenant, 'cancelOrder', { orderId, ...(this.random() < 0.7 && part) });
    }
    return this.#command(tenant, 'increaseAuthorization', { orderId, amount: `${100 + this.#cents(50)}.00` });
  }

  #anOrder(): Json {
    return {
      orderNumber: this.#number(),
      amount: { amount: '100.00', currency: 'USD' },
      captureMode: this.random() < 0.6 ? 'MANUAL' : 'AUTOMATIC',
      payment: pay(this.#pick(CARDS)),
    };
  }

  #command(tenant: Tenant, mutation: Mutation, input: Json): Command {
    const idempotencyKey = `key-${this.#number()}`;
    return { tenant, mutation, input: { ...input, idempotencyKey }, answers: [], lost: 0 };
  }

  #remember(tenant: Tenant, orderId: string): void {
    const lately = this.#lately.get(tenant) ?? [];
    if (!lately.includes(orderId)) this.#lately.set(tenant, [...lately, orderId].slice(-LATELY));
  }

  #number(): string {
    this.#numbers += 1;
    return `n-${this.#numbers}`;
  }

  #amount(most: number): string {
    return `${this.#cents(most)}.00`;
  }

  #cents(most: number): number {
    return Math.ceil(this.random() * most);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item;
  }
}
