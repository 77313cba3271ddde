import type Stripe from 'stripe';
import type { NewPaymentPage } from './gateway-requests.js';
import { toStripeAmount } from './stripe-amounts.js';
import { PAGE_EXPANSIONS } from './stripe-page-snapshots.js';
import { metadataOf } from './stripe-references.js';
import { captureMethod, holdOptions, STORE, typesFor } from './stripe-requests.js';

const LOCALES: Readonly<Record<string, Stripe.Checkout.SessionCreateParams.Locale>> = { en: 'en', ru: 'ru', ro: 'ro' };

/** A page that pays, or one that only checks and keeps a means of payment when there is nothing to pay. */
export function pageParameters(page: NewPaymentPage): Stripe.Checkout.SessionCreateParams {
  const { amount, consent, returnUrl, cancelUrl, language } = page;
  const pays = !amount.isZero();
  return {
    ...(pays ? payment(page) : verification(page)),
    ...payer(page),
    allowed_payment_method_types: typesFor(amount.currency, pays ? page.captureMode : 'AUTOMATIC'),
    metadata: metadataOf(page),
    locale: LOCALES[language] ?? 'auto',
    success_url: returnUrl,
    cancel_url: cancelUrl,
    expires_at: Math.floor(page.expiresAt.getTime() / 1000),
    expand: PAGE_EXPANSIONS,
    ...(consent === null ? {} : { custom_text: { submit: { message: consent } } }),
  };
}

/** The payer pays in the order's own currency: what is held and given back later is reckoned in it. */
function payment(page: NewPaymentPage): Stripe.Checkout.SessionCreateParams {
  const { amount, title, description, captureMode, initiation } = page;
  const store = STORE[initiation.store];
  const product_data = { name: title, ...(description === null ? {} : { description }) };
  const price_data = { currency: amount.currency.toLowerCase(), unit_amount: toStripeAmount(amount), product_data };
  return {
    mode: 'payment',
    line_items: [{ quantity: 1, price_data }],
    adaptive_pricing: { enabled: false },
    payment_method_options: { card: holdOptions(captureMode) },
    payment_intent_data: {
      ...described(page),
      capture_method: captureMethod(captureMode),
      ...(store === null ? {} : { setup_future_usage: store }),
      ...(page.receiptEmail === null ? {} : { receipt_email: page.receiptEmail }),
    },
  };
}

function verification(page: NewPaymentPage): Stripe.Checkout.SessionCreateParams {
  return { mode: 'setup', currency: page.amount.currency.toLowerCase(), setup_intent_data: described(page) };
}

/** Written on the payment itself too: there the page's own metadata is not to be seen. */
function described(page: NewPaymentPage) {
  const { description } = page;
  return { metadata: metadataOf(page), ...(description === null ? {} : { description }) };
}

/** A customer has an address of its own; Stripe takes no other one beside it. */
function payer({ externalCustomerId, receiptEmail }: NewPaymentPage) {
  if (externalCustomerId !== null) return { customer: externalCustomerId };
  return receiptEmail === null ? {} : { customer_email: receiptEmail };
}
