import type {
  ConfirmPayment,
  NewPayment,
  NewVerification,
} from '../../../src/features/payment-systems/gateway-requests.js';
import type {
  Answer,
  Decline,
  DisputeSnapshot,
  PaymentGateway,
  PaymentSnapshot,
  RefundSnapshot,
  VerificationSnapshot,
} from '../../../src/features/payment-systems/payment-gateway.js';
import type { Money } from '../../../src/kernel/money.js';

/** What becomes of one call: its answer may be lost with or without the call having been carried out. */
export type Fate = 'DONE' | 'DECLINED' | 'STOLEN' | 'LOST_BEFORE' | 'LOST_AFTER' | 'PENDING';
export type Call = 'prepare' | 'confirm' | 'capture' | 'raise' | 'void' | 'refund';

const DAY_MS = 24 * 60 * 60 * 1000;
/** For so long a payer's bank holds money. */
export const HOLD_DAYS = 7;

interface Payment {
  readonly externalId: string;
  readonly request: NewPayment;
  readonly terms: { readonly multicapture: boolean; readonly incrementable: boolean };
  state: PaymentSnapshot['state'];
  canceledBecause: PaymentSnapshot['canceledBecause'];
  amount: Money;
  captured: Money;
  heldUntil: Date | null;
  failure: Decline | null;
}

interface Refund {
  readonly externalId: string;
  readonly paymentExternalId: string;
  readonly transactionId: string;
  readonly amount: Money;
  state: RefundSnapshot['state'];
}

const DECLINES: Readonly<Partial<Record<Fate, Decline>>> = {
  DECLINED: { code: 'insufficient_funds', message: 'No money.', advice: 'TRY_AGAIN_LATER' },
  STOLEN: { code: 'stolen_card', message: 'Stolen.', advice: 'DO_NOT_TRY_AGAIN' },
};

/** What a payment system offers for a payment is its own affair; here it goes by the amount. */
export function termsOf(minor: bigint): Payment['terms'] {
  return { multicapture: (minor / 4n) % 2n === 0n, incrementable: (minor / 8n) % 2n === 0n };
}

/** A payment system in this process, with its own books, that answers at once and does with the next call what it is told. */
export class PromptPaymentSystem {
  readonly payments = new Map<string, Payment>();
  readonly refunds: Refund[] = [];
  readonly disputes = new Map<string, DisputeSnapshot>();
  /** What the next call of this name comes to; those after it are done. */
  next: { readonly call: Call; readonly fate: Fate } | null = null;
  /** How cards are charged while their payers are away. */
  mood: Fate = 'DONE';
  readonly #answers = new Map<string, unknown>();
  readonly #verifications = new Map<string, NewVerification>();

  constructor(private readonly now: () => Date) {}

  get gateway(): PaymentGateway {
    const calls: Partial<PaymentGateway> = {
      amountProblem: () => null,
      createCustomer: async ({ payerId }) => ({ kind: 'done', value: { externalId: `cus_${payerId}` } }),
      preparePayment: async (request, key) => this.#call('prepare', key, () => this.#prepare(request)),
      confirmPayment: async (request, key) => this.#call('confirm', key, (fate) => this.#confirm(request, fate)),
      retrievePayment: async (externalId) => this.#shown(this.#payment(externalId)),
      findPayment: async ({ transactionId }) => {
        const found = [...this.payments.values()].find(
          ({ request }) => request.reference.transactionId === transactionId,
        );
        return found ? this.#shown(found) : { kind: 'done', value: null };
      },
      capture: async ({ externalId, amount, final }, key) =>
        this.#call('capture', key, () => this.#capture(this.#payment(externalId), amount, final)),
      raiseHold: async ({ externalId, total }, key) =>
        this.#call('raise', key, (fate) => {
          const payment = this.#payment(externalId);
          const decline = DECLINES[fate];
          if (decline) return { kind: 'declined', decline, value: this.#snapshot(payment) };
          payment.amount = total;
          return this.#shown(payment);
        }),
      voidPayment: async ({ externalId }, key) => this.#call('void', key, () => this.#void(this.#payment(externalId))),
      refund: async ({ paymentExternalId, amount, transactionId }, key) =>
        this.#call('refund', key, (fate) => {
          const state = fate === 'PENDING' ? 'PENDING' : 'SUCCEEDED';
          const refund: Refund = { externalId: `re_${transactionId}`, paymentExternalId, transactionId, amount, state };
          this.refunds.push(refund);
          return { kind: 'done', value: shownRefund(refund) };
        }),
      retrieveRefund: async (id) => ({ kind: 'done', value: shownRefund(this.refundOf(id)) }),
      listRefunds: async (paymentId) => ({
        kind: 'done',
        value: this.refunds.filter(({ paymentExternalId }) => paymentExternalId === paymentId).map(shownRefund),
      }),
      retrieveDispute: async (id) => ({ kind: 'done', value: this.disputes.get(id) as DisputeSnapshot }),
      prepareVerification: async (request) => {
        this.#verifications.set(`seti_${request.reference.transactionId}`, request);
        return verification(request, 'PREPARED');
      },
      confirmVerification: async ({ externalId }) => {
        const request = this.#verifications.get(externalId);
        if (!request) throw new Error(`nobody has prepared ${externalId}`);
        return verification(request, 'VERIFIED');
      },
    };
    return calls as PaymentGateway;
  }

  /** Holds that nobody has captured in time are let go. */
  letGo(): void {
    for (const payment of this.payments.values()) {
      if (payment.state !== 'HELD' || !payment.heldUntil || payment.heldUntil > this.now()) continue;
      payment.state = payment.captured.isZero() ? 'CANCELED' : 'CAPTURED';
      payment.canceledBecause = payment.captured.isZero() ? 'EXPIRED' : null;
    }
  }

  refundOf(externalId: string): Refund {
    const refund = this.refunds.find((each) => each.externalId === externalId);
    if (!refund) throw new Error(`no refund ${externalId}`);
    return refund;
  }

  /** What was taken from payers and not given back, by our order. */
  takenFor(orderId: string): bigint {
    const own = [...this.payments.values()].filter(({ request }) => request.reference.orderId === orderId);
    const ids = new Set(own.map(({ externalId }) => externalId));
    const back = this.refunds.filter(
      ({ paymentExternalId, state }) => ids.has(paymentExternalId) && state !== 'FAILED',
    );
    const sum = (amounts: readonly Money[]) => amounts.reduce((total, { minor }) => total + minor, 0n);
    return sum(own.map(({ captured }) => captured)) - sum(back.map(({ amount }) => amount));
  }

  #call<Value>(call: Call, key: string, carryOut: (fate: Fate) => Answer<Value>): Answer<Value> {
    const fate = this.next?.call === call ? this.next.fate : 'DONE';
    if (fate !== 'DONE') this.next = null;
    if (fate === 'LOST_BEFORE') return { kind: 'unknown', message: 'lost', replayed: false };
    const known = this.#answers.get(key) as Answer<Value> | undefined;
    const answer = known ?? carryOut(fate);
    this.#answers.set(key, answer);
    return fate === 'LOST_AFTER' ? { kind: 'unknown', message: 'lost', replayed: false } : answer;
  }

  #prepare(request: NewPayment): Answer<PaymentSnapshot> {
    const none = request.amount.minus(request.amount);
    const payment: Payment = {
      externalId: `pi_${request.reference.transactionId}`,
      request,
      terms: termsOf(request.amount.minor),
      state: 'PREPARED',
      canceledBecause: null,
      amount: request.amount,
      captured: none,
      heldUntil: null,
      failure: null,
    };
    this.payments.set(payment.externalId, payment);
    return this.#shown(payment);
  }

  #confirm({ externalId, initiation }: ConfirmPayment, fate: Fate): Answer<PaymentSnapshot> {
    const payment = this.#payment(externalId);
    const decline = DECLINES[initiation.by === 'MERCHANT' && fate === 'DONE' ? this.mood : fate];
    if (decline) {
      payment.state = 'FAILED';
      payment.failure = decline;
      return { kind: 'declined', decline, value: this.#snapshot(payment) };
    }
    const isHold = payment.request.captureMode === 'MANUAL';
    payment.state = isHold ? 'HELD' : 'CAPTURED';
    if (isHold) payment.heldUntil = new Date(this.now().getTime() + HOLD_DAYS * DAY_MS);
    else payment.captured = payment.amount;
    return this.#shown(payment);
  }

  #capture(payment: Payment, amount: Money, final: boolean): Answer<PaymentSnapshot> {
    if (payment.state !== 'HELD') return refused(`it is ${payment.state}`);
    const captured = payment.captured.plus(amount);
    if (captured.isGreaterThan(payment.amount)) return refused('more than is held');
    payment.captured = captured;
    if (final || captured.minor === payment.amount.minor) payment.state = 'CAPTURED';
    return this.#shown(payment);
  }

  #void(payment: Payment): Answer<PaymentSnapshot> {
    if (payment.state === 'CAPTURED' || payment.state === 'CANCELED') return refused(`it is ${payment.state}`);
    payment.state = payment.captured.isZero() ? 'CANCELED' : 'CAPTURED';
    payment.canceledBecause = payment.captured.isZero() ? 'REQUESTED' : null;
    return this.#shown(payment);
  }

  #payment(externalId: string): Payment {
    const payment = this.payments.get(externalId);
    if (!payment) throw new Error(`no payment ${externalId}`);
    return payment;
  }

  #shown(payment: Payment): Answer<PaymentSnapshot> {
    return { kind: 'done', value: this.#snapshot(payment) };
  }

  #snapshot(payment: Payment): PaymentSnapshot {
    const { externalId, request, terms, state, canceledBecause, amount, captured, heldUntil, failure } = payment;
    const none = amount.minus(amount);
    return {
      externalId,
      state,
      currency: amount.currency,
      amount,
      captured,
      capturable: state === 'HELD' ? amount.minus(captured) : none,
      canceledBecause,
      captureBefore: heldUntil,
      ...terms,
      nextAction: null,
      failure,
      credential: null,
      externalCustomerId: request.externalCustomerId,
      reference: request.reference,
    };
  }
}

function shownRefund({ externalId, paymentExternalId, transactionId, amount, state }: Refund): RefundSnapshot {
  const failureReason = state === 'FAILED' ? 'expired_or_canceled_card' : null;
  return { externalId, paymentExternalId, amount, state, failureReason, isRelease: false, transactionId };
}

function verification(request: NewVerification, state: 'PREPARED' | 'VERIFIED'): Answer<VerificationSnapshot> {
  const { token, externalCustomerId, reference } = request;
  const card = { type: 'CARD', brand: 'visa', lastFour: '4242', expiryMonth: 12, expiryYear: 2099 } as const;
  return {
    kind: 'done',
    value: {
      externalId: `seti_${reference.transactionId}`,
      state,
      canceledBecause: null,
      nextAction: null,
      failure: null,
      credential:
        state === 'VERIFIED' ? { externalId: token, externalCustomerId, ...card, mandateExternalId: null } : null,
      externalCustomerId,
      reference,
    },
  };
}

function refused<Value>(message: string): Answer<Value> {
  return { kind: 'refused', refusal: { code: 'wrong_state', message, keysRejected: false } };
}

/** A dispute about a payment, as the payer's bank tells of it. */
export function dispute(paymentExternalId: string, amount: Money, state: DisputeSnapshot['state']): DisputeSnapshot {
  const externalId = `dp_${paymentExternalId}`;
  return { externalId, paymentExternalId, amount, state, reason: 'fraudulent', evidenceDueAt: null };
}
