import type {
  ConfirmPayment,
  Initiation,
  NewPayment,
  NewPaymentPage,
  NewVerification,
} from '../../../src/features/payment-systems/gateway-requests.js';
import type {
  Answer,
  PageSnapshot,
  PaymentSnapshot,
  VerificationSnapshot,
} from '../../../src/features/payment-systems/payment-gateway.js';
import { type StripeOptions, stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { StripeGateway } from '../../../src/features/payment-systems/stripe-gateway.js';
import { StripePaymentSystem } from '../../../src/features/payment-systems/stripe-payment-system.js';
import { later } from '../../../src/kernel/clock.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { Money, parseDecimal } from '../../../src/kernel/money.js';
import { type StripeSandbox, startStripeSandbox } from '../../../src/stripe-sandbox/index.js';

export function amountOf(amount: string, currency = 'EUR'): Money {
  const parsed = parseDecimal(amount, currency as Currency);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

export const BY_PAYER: Initiation = {
  by: 'PAYER',
  store: 'NO',
  source: 'INTERNET',
  agreement: null,
  resubmission: false,
};
export const BY_PHONE: Initiation = {
  by: 'PAYER_REMOTE',
  store: 'NO',
  source: 'TELEPHONE_ORDER',
  agreement: null,
  resubmission: false,
};
export const BY_MERCHANT: Initiation = {
  by: 'MERCHANT',
  store: 'NO',
  source: 'MERCHANT',
  agreement: null,
  resubmission: false,
};
/** The payer is there and lets the merchant charge later. */
export const STORING: Initiation = { ...BY_PAYER, store: 'FOR_MERCHANT' };

/** The adapter, an account of its own at the sandbox, and shortcuts that read as sentences. */
export class GatewayUnderTest {
  readonly unexpected: unknown[] = [];
  readonly gateway: StripeGateway;
  readonly account: ReturnType<StripeSandbox['control']['createAccount']>;

  private constructor(
    readonly sandbox: StripeSandbox,
    readonly address: StripeOptions,
  ) {
    this.account = sandbox.control.createAccount({
      features: { multicapture: true, incremental_authorization: true },
    });
    this.gateway = this.withKey(this.account.secretKey);
  }

  /** An answer is waited for as long as a loaded machine may take; tests of answers that never come wait less. */
  static async start(timeoutMs = 10_000): Promise<GatewayUnderTest> {
    const sandbox = await startStripeSandbox({ seed: 7 });
    const { hostname, port } = new URL(sandbox.url);
    return new GatewayUnderTest(sandbox, { host: hostname, port: Number(port), protocol: 'http', timeoutMs });
  }

  withKey(secretKey: string, options: StripeOptions = {}): StripeGateway {
    return new StripeGateway(stripeClient(secretKey, { ...this.address, ...options }), (error) =>
      this.unexpected.push(error),
    );
  }

  systemWith(secretKey: string, pageMax?: number): StripePaymentSystem {
    return new StripePaymentSystem(
      stripeClient(secretKey, this.address),
      (error) => this.unexpected.push(error),
      pageMax,
    );
  }

  close(): Promise<void> {
    return this.sandbox.close();
  }

  newPayment(changes: Partial<NewPayment> = {}): NewPayment {
    return {
      reference: { operatorId: newUuid(), merchantId: newUuid(), orderId: newUuid(), transactionId: newUuid() },
      amount: amountOf('100.00'),
      captureMode: 'AUTOMATIC',
      token: 'pm_card_visa',
      externalCustomerId: null,
      initiation: BY_PAYER,
      description: null,
      receiptEmail: null,
      ...changes,
    };
  }

  async prepared(changes: Partial<NewPayment> = {}): Promise<PaymentSnapshot> {
    return done(await this.gateway.preparePayment(this.newPayment(changes), newUuid()));
  }

  confirmed(payment: PaymentSnapshot, initiation = BY_PAYER, returnUrl: string | null = null) {
    return this.gateway.confirmPayment(confirmation(payment.externalId, { initiation, returnUrl }), newUuid());
  }

  async paid(changes: Partial<NewPayment> = {}): Promise<PaymentSnapshot> {
    return done(await this.confirmed(await this.prepared(changes)));
  }

  held(changes: Partial<NewPayment> = {}): Promise<PaymentSnapshot> {
    return this.paid({ captureMode: 'MANUAL', ...changes });
  }

  async newVerification(changes: Partial<NewVerification> = {}): Promise<NewVerification> {
    return {
      reference: { operatorId: newUuid(), merchantId: newUuid(), orderId: newUuid(), transactionId: newUuid() },
      currency: 'EUR' as Currency,
      token: 'pm_card_visa',
      externalCustomerId: changes.externalCustomerId ?? (await this.customer()),
      initiation: STORING,
      description: null,
      ...changes,
    };
  }

  async preparedVerification(changes: Partial<NewVerification> = {}): Promise<VerificationSnapshot> {
    return done(await this.gateway.prepareVerification(await this.newVerification(changes), newUuid()));
  }

  confirmedVerification({ externalId }: VerificationSnapshot, changes: Partial<ConfirmPayment> = {}) {
    return this.gateway.confirmVerification(confirmation(externalId, { initiation: STORING, ...changes }), newUuid());
  }

  newPage(changes: Partial<NewPaymentPage> = {}): NewPaymentPage {
    return {
      reference: { operatorId: newUuid(), merchantId: newUuid(), orderId: newUuid(), transactionId: newUuid() },
      amount: amountOf('100.00'),
      captureMode: 'AUTOMATIC',
      externalCustomerId: null,
      initiation: BY_PAYER,
      title: 'Order 17',
      description: null,
      receiptEmail: null,
      consent: null,
      language: 'en',
      returnUrl: 'https://pay.example/back',
      cancelUrl: 'https://pay.example/cancel',
      expiresAt: later(this.sandbox.control.now(), 3_600_000),
      ...changes,
    };
  }

  async opened(changes: Partial<NewPaymentPage> = {}): Promise<PageSnapshot> {
    return done(await this.gateway.openPage(this.newPage(changes), newUuid()));
  }

  /** What the last POST to a path sent, as the sandbox wrote it down. */
  sent(path: string): unknown {
    return this.sandbox.control.requests({ method: 'POST', path: `${path}$` }).at(-1)?.params;
  }

  async customer(): Promise<string> {
    const request = { payerId: newUuid(), email: 'payer@example.com', name: 'P. Payer', phone: null };
    return done(await this.gateway.createCustomer(request, newUuid())).externalId;
  }
}

export function confirmation(externalId: string, changes: Partial<ConfirmPayment> = {}): ConfirmPayment {
  return { externalId, initiation: BY_PAYER, returnUrl: null, mandate: null, ...changes };
}

export function done<Value>(answer: Answer<Value>): Value {
  if (answer.kind === 'done') return answer.value;
  throw new Error(
    `not done: ${JSON.stringify(answer, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
  );
}
