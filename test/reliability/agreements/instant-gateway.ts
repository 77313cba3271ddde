import type { NewPayment } from '../../../src/features/payment-systems/gateway-requests.js';
import type { Answer, PaymentGateway, PaymentSnapshot } from '../../../src/features/payment-systems/payment-gateway.js';
import type { Money } from '../../../src/kernel/money.js';

/** One payment that the payment system has taken money for. */
export interface Taken {
  readonly orderId: string;
  readonly amount: bigint;
}

/** A payment system in this process, which answers at once and takes what it is asked for, once per key. */
export class InstantGateway {
  readonly taken: Taken[] = [];
  readonly #byKey = new Map<string, string>();
  readonly #payments = new Map<string, NewPayment>();

  /** Only what a charge without the payer needs: anything else fails. */
  get gateway(): PaymentGateway {
    const calls: Partial<PaymentGateway> = {
      amountProblem: () => null,
      preparePayment: async (request, key) => this.#prepare(request, key),
      confirmPayment: async ({ externalId }, key) => this.#confirm(externalId, key),
    };
    return calls as PaymentGateway;
  }

  #prepare(request: NewPayment, key: string): Answer<PaymentSnapshot> {
    const externalId = this.#byKey.get(key) ?? `pi_${request.reference.transactionId}`;
    this.#byKey.set(key, externalId);
    this.#payments.set(externalId, request);
    return { kind: 'done', value: snapshot(externalId, request.amount, 'PREPARED') };
  }

  #confirm(externalId: string, key: string): Answer<PaymentSnapshot> {
    const payment = this.#payments.get(externalId);
    if (!payment) throw new Error(`nobody has prepared ${externalId}`);
    if (!this.#byKey.has(key)) {
      this.#byKey.set(key, externalId);
      this.taken.push({ orderId: payment.reference.orderId, amount: payment.amount.minor });
    }
    return { kind: 'done', value: snapshot(externalId, payment.amount, 'CAPTURED') };
  }
}

function snapshot(externalId: string, amount: Money, state: 'PREPARED' | 'CAPTURED'): PaymentSnapshot {
  const none = amount.minus(amount);
  return {
    externalId,
    state,
    currency: amount.currency,
    amount,
    captured: state === 'CAPTURED' ? amount : none,
    capturable: none,
    canceledBecause: null,
    captureBefore: null,
    multicapture: false,
    incrementable: false,
    nextAction: null,
    failure: null,
    credential: null,
    externalCustomerId: null,
    reference: null,
  };
}
