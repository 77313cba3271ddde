import type Stripe from 'stripe';
import type { Money } from '../../kernel/money.js';
import type {
  AmountProblem,
  Answer,
  CapturePayment,
  ConfirmPayment,
  DisputeSnapshot,
  NewCustomer,
  NewPayment,
  NewRefund,
  PaymentGateway,
  PaymentSearch,
  PaymentSnapshot,
  RaiseHold,
  RefundSnapshot,
  VoidPayment,
} from './payment-gateway.js';
import { stripeAmountProblem, toStripeAmount } from './stripe-amounts.js';
import { answered, type OnUnexpected } from './stripe-answers.js';
import { newestFirst, paymentOf } from './stripe-lists.js';
import { METADATA } from './stripe-references.js';
import { cancellationReason, confirmationParameters, creationParameters, refundReason } from './stripe-requests.js';
import { disputeSnapshot, PAYMENT_EXPANSIONS, paymentSnapshot, refundSnapshot } from './stripe-snapshots.js';

/** Translates between our words and Stripe's; nothing here decides anything. */
export class StripeGateway implements PaymentGateway {
  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
  ) {}

  amountProblem(amount: Money): AmountProblem | null {
    return stripeAmountProblem(amount);
  }

  createCustomer({ payerId, email, name, phone }: NewCustomer, key: string) {
    const known = { ...(email && { email }), ...(name && { name }), ...(phone && { phone }) };
    const call = () =>
      this.stripe.customers.create({ ...known, metadata: { [METADATA.payer]: payerId } }, { idempotencyKey: key });
    return answered({ call, read: ({ id }) => ({ externalId: id }) }, this.onUnexpected);
  }

  async preparePayment(request: NewPayment, key: string): Promise<Answer<PaymentSnapshot>> {
    return (
      refusalOfUnit(request.amount) ??
      this.payment(() => this.stripe.paymentIntents.create(creationParameters(request), { idempotencyKey: key }))
    );
  }

  confirmPayment(request: ConfirmPayment, key: string): Promise<Answer<PaymentSnapshot>> {
    const parameters = confirmationParameters(request);
    return this.payment(() =>
      this.stripe.paymentIntents.confirm(request.externalId, parameters, { idempotencyKey: key }),
    );
  }

  retrievePayment(externalId: string): Promise<Answer<PaymentSnapshot>> {
    return this.payment(() => this.stripe.paymentIntents.retrieve(externalId, { expand: PAYMENT_EXPANSIONS }));
  }

  /** By listing, because Stripe's search is minutes late and its lists have no filter for metadata. */
  async findPayment(search: PaymentSearch): Promise<Answer<PaymentSnapshot | null>> {
    const call = async () => ({ found: await paymentOf(this.stripe, search) });
    const answer = await answered({ call, read: ({ found }) => found }, this.onUnexpected);
    if (answer.kind !== 'done' || answer.value === null) return answer as Answer<null>;
    return this.retrievePayment(answer.value.id);
  }

  async capture(request: CapturePayment, key: string): Promise<Answer<PaymentSnapshot>> {
    const { externalId, amount, final, transactionId } = request;
    const refusal = refusalOfUnit(amount);
    if (refusal) return refusal;
    const parameters = {
      amount_to_capture: toStripeAmount(amount),
      ...(final ? {} : { final_capture: false }),
      metadata: { [METADATA.capture]: transactionId },
      expand: PAYMENT_EXPANSIONS,
    };
    const answer = await this.payment(() =>
      this.stripe.paymentIntents.capture(externalId, parameters, { idempotencyKey: key }),
    );
    return this.unlessDone(
      answer,
      externalId,
      ({ state, captured }) => state === 'CAPTURED' && !amount.isGreaterThan(captured),
    );
  }

  async raiseHold({ externalId, total }: RaiseHold, key: string): Promise<Answer<PaymentSnapshot>> {
    const refusal = refusalOfUnit(total);
    if (refusal) return refusal;
    const parameters = { amount: toStripeAmount(total), expand: PAYMENT_EXPANSIONS };
    return this.payment(() =>
      this.stripe.paymentIntents.incrementAuthorization(externalId, parameters, { idempotencyKey: key }),
    );
  }

  async voidPayment({ externalId, reason }: VoidPayment, key: string): Promise<Answer<PaymentSnapshot>> {
    const parameters = { cancellation_reason: cancellationReason(reason), expand: PAYMENT_EXPANSIONS };
    const answer = await this.payment(() =>
      this.stripe.paymentIntents.cancel(externalId, parameters, { idempotencyKey: key }),
    );
    return this.unlessDone(answer, externalId, ({ state }) => state === 'CANCELED');
  }

  async refund(request: NewRefund, key: string): Promise<Answer<RefundSnapshot>> {
    const { paymentExternalId, amount, reason, transactionId } = request;
    const refusal = refusalOfUnit(amount);
    if (refusal) return refusal;
    const parameters = {
      payment_intent: paymentExternalId,
      amount: toStripeAmount(amount),
      reason: refundReason(reason),
      metadata: { [METADATA.transaction]: transactionId },
    };
    const call = () => this.stripe.refunds.create(parameters, { idempotencyKey: key });
    return answered({ call, read: refundSnapshot }, this.onUnexpected);
  }

  retrieveRefund(externalId: string): Promise<Answer<RefundSnapshot>> {
    return answered({ call: () => this.stripe.refunds.retrieve(externalId), read: refundSnapshot }, this.onUnexpected);
  }

  listRefunds(paymentExternalId: string): Promise<Answer<readonly RefundSnapshot[]>> {
    const call = () => newestFirst(this.stripe.refunds.list({ payment_intent: paymentExternalId, limit: 100 }));
    return answered({ call, read: (refunds) => refunds.map(refundSnapshot) }, this.onUnexpected);
  }

  retrieveDispute(externalId: string): Promise<Answer<DisputeSnapshot>> {
    const call = () => this.stripe.disputes.retrieve(externalId);
    return answered({ call, read: disputeSnapshot }, this.onUnexpected);
  }

  private payment(call: () => Promise<Stripe.PaymentIntent>): Promise<Answer<PaymentSnapshot>> {
    return answered({ call, read: paymentSnapshot, readDeclined: paymentSnapshot }, this.onUnexpected);
  }

  /**
   * Stripe refuses to do again what was done, under another key or in its own
   * console. Whether it is what was asked for, only the payment itself tells.
   */
  private async unlessDone(
    answer: Answer<PaymentSnapshot>,
    externalId: string,
    isDone: (payment: PaymentSnapshot) => boolean,
  ): Promise<Answer<PaymentSnapshot>> {
    if (answer.kind !== 'refused' || !WRONG_STATE.has(answer.refusal.code)) return answer;
    const now = await this.retrievePayment(externalId);
    return now.kind === 'done' && !isDone(now.value) ? answer : now;
  }
}

const WRONG_STATE: ReadonlySet<string> = new Set(['payment_intent_unexpected_state', 'charge_already_captured']);

/** An amount that has no expression in Stripe's unit is refused here, where that is certain. */
function refusalOfUnit(amount: Money): Answer<never> | null {
  const problem = stripeAmountProblem(amount);
  if (problem === null || problem.code === 'AMOUNT_OUT_OF_RANGE') return null;
  return { kind: 'refused', refusal: { code: 'amount_inexact', message: problem.message, keysRejected: false } };
}
