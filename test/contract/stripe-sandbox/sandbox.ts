import { afterAll, beforeAll } from '@jest/globals';
import Stripe from 'stripe';
import {
  type AccountKeys,
  type NewAccount,
  type StripeSandbox,
  type StripeSandboxOptions,
  startStripeSandbox,
} from '../../../src/stripe-sandbox/index.js';

/** A sandbox for one test file, started before its tests and stopped after them. */
export function useSandbox(options: StripeSandboxOptions = {}): { readonly current: StripeSandbox } {
  let sandbox: StripeSandbox | undefined;
  beforeAll(async () => {
    sandbox = await startStripeSandbox(options);
  });
  afterAll(async () => {
    await sandbox?.close();
  });
  return {
    get current() {
      if (sandbox === undefined) throw new Error('The sandbox runs only while the tests do.');
      return sandbox;
    },
  };
}

/** The official SDK, pointed at the sandbox. */
export function sdk(sandbox: StripeSandbox, key: string, config: Stripe.StripeConfig = {}): Stripe {
  const { hostname, port } = new URL(sandbox.url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, ...config });
}

export interface Shop extends AccountKeys {
  stripe: Stripe;
}

/** Every test has its own account, so tests share nothing but the clock. */
export function newShop(sandbox: StripeSandbox, account: NewAccount = {}): Shop {
  const keys = sandbox.control.createAccount(account);
  return { ...keys, stripe: sdk(sandbox, keys.secretKey) };
}

export const HOLD: Stripe.PaymentIntentCreateParams = {
  amount: 1000,
  currency: 'usd',
  allowed_payment_method_types: ['card'],
  capture_method: 'manual',
  payment_method: 'pm_card_visa',
  confirm: true,
};
export const SALE: Stripe.PaymentIntentCreateParams = { ...HOLD, capture_method: 'automatic' };

/** What the promise was rejected with, as the SDK's own error. */
export async function refusalOf(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('The request was not refused.');
}

/** The types of an account's events, oldest first. */
export async function eventTypes(stripe: Stripe, after?: string): Promise<string[]> {
  const events = await stripe.events.list({ limit: 100, ...(after !== undefined && { ending_before: after }) });
  return events.data.map((event) => event.type).reverse();
}

/** The latest charge of an intent, whole. */
export async function chargeOf(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<Stripe.Charge> {
  const { latest_charge: charge } = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
  if (charge === null || typeof charge === 'string') throw new Error('The intent has no charge.');
  return charge;
}

/** A customer with the card saved, and the card. */
export async function saved(shop: Shop, token: string): Promise<{ customer: string; payment_method: string }> {
  const customer = await shop.stripe.customers.create();
  const method = await shop.stripe.paymentMethods.attach(token, { customer: customer.id });
  return { customer: customer.id, payment_method: method.id };
}
