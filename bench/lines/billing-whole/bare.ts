import Stripe from 'stripe';
import type { Initiation } from '../../../src/features/payment-systems/index.js';
import { confirmationParameters, creationParameters } from '../../../src/features/payment-systems/stripe-requests.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { Money } from '../../../src/kernel/money.js';
import { cpuMicros, serve, settings } from '../../support/children.js';

/** The SDK's calls of a charge and nothing else, so many at once. */
const { stripePort } = settings<{ stripePort: number }>();
const stripe = new Stripe('sk_test_bench', {
  host: '127.0.0.1',
  port: stripePort,
  protocol: 'http',
  maxNetworkRetries: 0,
  telemetry: false,
});

export interface Sdk {
  readonly seconds: number;
  readonly sortedMs: readonly number[];
  readonly cpuMicros: number;
}

const initiation: Initiation = {
  source: 'MERCHANT',
  by: 'MERCHANT',
  store: 'NO',
  agreement: { id: newUuid(), type: 'RECURRING' },
  resubmission: false,
};
const creation = creationParameters({
  reference: { operatorId: newUuid(), merchantId: newUuid(), orderId: newUuid(), transactionId: newUuid() },
  amount: Money.of(2_000n, 'USD' as Currency),
  captureMode: 'AUTOMATIC',
  token: 'pm_card_visa',
  externalCustomerId: 'cus_1',
  initiation,
  description: null,
  receiptEmail: 'payer@shop.example',
});

serve<{ charges: number; concurrency: number }>({}, async ({ charges, concurrency }) => {
  const tookMs: number[] = [];
  let begun = 0;
  const [began, cpu] = [performance.now(), cpuMicros()];
  const lane = async () => {
    while (begun < charges) {
      begun += 1;
      const start = performance.now();
      await charge();
      tookMs.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const seconds = (performance.now() - began) / 1000;
  const sortedMs = tookMs.sort((left, right) => left - right);
  return { seconds, sortedMs, cpuMicros: cpuMicros() - cpu } satisfies Sdk;
});

async function charge(): Promise<void> {
  const key = newUuid();
  const { id } = await stripe.paymentIntents.create(creation, { idempotencyKey: `${key}-prepare` });
  const confirmation = confirmationParameters({ externalId: id, initiation, returnUrl: null, mandate: null });
  const { status } = await stripe.paymentIntents.confirm(id, confirmation, { idempotencyKey: `${key}-confirm` });
  if (status !== 'succeeded') throw new Error(`the payment is ${status}`);
}
