import type Stripe from 'stripe';
import type { Money } from '../../kernel/money.js';
import type {
  CapturePayment,
  CardDetails,
  ConfirmPayment,
  NewCustomer,
  NewPayment,
  NewPaymentPage,
  NewRefund,
  NewVerification,
  PaymentSearch,
  RaiseHold,
  VoidPayment,
} from './gateway-requests.js';
import type {
  AmountProblem,
  Answer,
  CredentialSnapshot,
  DisputeSnapshot,
  MandateSnapshot,
  PageSnapshot,
  PaymentGateway,
  PaymentSnapshot,
  RefundSnapshot,
  VerificationSnapshot,
} from './payment-gateway.js';
import { stripeAmountProblem, toStripeAmount } from './stripe-amounts.js';
import { answered, type OnUnexpected, refusalOfUnit, unlessDone } from './stripe-answers.js';
import { StripeCredentials } from './stripe-credentials.js';
import { newestFirst, paymentOf } from './stripe-lists.js';
import { StripePages } from './stripe-pages.js';
import { METADATA } from './stripe-references.js';
import { cancellationReason, confirmationParameters, creationParameters, refundReason } from './stripe-requests.js';
import { disputeSnapshot, PAYMENT_EXPANSIONS, paymentSnapshot, refundSnapshot } from './stripe-snapshots.js';
import { StripeVerifications } from './stripe-verifications.js';

/** Translates between our words and Stripe's; nothing here decides anything. */
export class StripeGateway implements PaymentGateway {
  readonly #verifications: StripeVerifications;
  readonly #pages: StripePages;
  readonly #credentials: StripeCredentials;

  constructor(
    private readonly stripe: Stripe,
    private readonly onUnexpected: OnUnexpected,
  ) {
    this.#verifications = new StripeVerifications(stripe, onUnexpected);
    this.#pages = new StripePages(stripe, onUnexpected);
    this.#credentials = new StripeCredentials(stripe, onUnexpected);
  }

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

  prepareVerification(request: NewVerification, key: string): Promise<Answer<VerificationSnapshot>> {
    return this.#verifications.prepare(request, key);
  }

  confirmVerification(request: ConfirmPayment, key: string): Promise<Answer<VerificationSnapshot>> {
    return this.#verifications.confirm(request, key);
  }

  retrieveVerification(externalId: string): Promise<Answer<VerificationSnapshot>> {
    return this.#verifications.retrieve(externalId);
  }

  findVerification(search: PaymentSearch): Promise<Answer<VerificationSnapshot | null>> {
    return this.#verifications.find(search);
  }

  closeVerification(externalId: string, key: string): Promise<Answer<VerificationSnapshot>> {
    return this.#verifications.close(externalId, key);
  }

  openPage(request: NewPaymentPage, key: string): Promise<Answer<PageSnapshot>> {
    return this.#pages.open(request, key);
  }

  retrievePage(externalId: string): Promise<Answer<PageSnapshot>> {
    return this.#pages.retrieve(externalId);
  }

  findPage(search: PaymentSearch): Promise<Answer<PageSnapshot | null>> {
    return this.#pages.find(search);
  }

  closePage(externalId: string, key: string): Promise<Answer<PageSnapshot>> {
    return this.#pages.close(externalId, key);
  }

  tokenizeCard(card: CardDetails, key: string): Promise<Answer<{ readonly token: string }>> {
    return this.#credentials.tokenize(card, key);
  }

  retrieveCredential(externalId: string): Promise<Answer<CredentialSnapshot | null>> {
    return this.#credentials.retrieve(externalId);
  }

  detachCredential(externalId: string, key: string): Promise<Answer<null>> {
    return this.#credentials.detach(externalId, key);
  }

  retrieveMandate(externalId: string): Promise<Answer<MandateSnapshot>> {
    return this.#credentials.retrieveMandate(externalId);
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
    return unlessDone(
      answer,
      () => this.retrievePayment(externalId),
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
    return unlessDone(
      answer,
      () => this.retrievePayment(externalId),
      ({ state }) => state === 'CANCELED',
    );
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
    return answered(
      {
        call,
        read: paymentSnapshot,
        readDeclined: ({ payment_intent }) => (payment_intent ? paymentSnapshot(payment_intent) : null),
      },
      this.onUnexpected,
    );
  }
}
