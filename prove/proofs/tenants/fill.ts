import { TRANSACTION_SOURCES } from '../../../src/kernel/transaction-source.js';
import { signed } from '../../../test/support/checkout.js';
import type { Json } from '../../../test/support/product.js';
import { pay } from '../../../test/support/product.js';
import type { World } from './world.js';

/** Whose text it is: of which tenant, which merchant (0: all of its operator's), and whether only test keys see it. */
export function markOf(letter: string, merchant: number, scope: 'any' | 'test' = 'test'): string {
  return `kanarie-${letter}-${merchant}-${scope}`;
}

export interface Merchant {
  readonly id: string;
  readonly key: string;
  readonly number: number;
  readonly signingSecret: string;
}

/** An operator with two merchants, the keys of everybody there, and what was made of note. */
export interface Tenant {
  readonly letter: string;
  readonly id: string;
  readonly stripe: { readonly accountId: string; readonly secretKey: string; readonly publishableKey: string };
  readonly merchants: readonly [Merchant, Merchant];
  readonly keys: Record<Role, string>;
}

export const ROLES = [
  'operator',
  'merchant',
  'neighbour',
  'client',
  'liveOperator',
  'liveMerchant',
  'revoked',
  'expired',
] as const;
export type Role = (typeof ROLES)[number];

const SOURCES = TRANSACTION_SOURCES.filter((source) => !source.endsWith('_PRESENT'));

type Made = Json & { readonly secret: string };
type Id = { readonly id: string };

/** An operator of its own with all its keys, and two merchants that are told everything at this address. */
export async function found(world: World, letter: string, callbackUrl: string): Promise<Tenant> {
  const { product } = world;
  const platform = product.platform.key;
  const name = markOf(letter, 0, 'any');
  const { operator, secret: operatorKey } = await world.do<Made & { operator: Id }>(platform, 'createOperator', {
    name,
  });
  const stripe = product.sandbox.control.createAccount({ name });
  const { accountId: _, ...keys } = stripe;
  await world.do(operatorKey, 'connectPaymentSystem', keys);
  const key = async (by: string, input: Json) => (await world.do<Made>(by, 'createApiKey', { name, ...input })).secret;
  const liveOperator = await key(platform, { operatorId: operator.id, mode: 'LIVE' });
  const { accountId: __, ...live } = product.sandbox.control.createAccount({ name, livemode: true });
  await world.do(liveOperator, 'connectPaymentSystem', live);
  const merchants = (await Promise.all(
    [1, 2].map(async (number): Promise<Merchant> => {
      const { merchant } = await world.do<{ merchant: Id }>(operatorKey, 'createMerchant', {
        name: markOf(letter, number, 'any'),
        allowedSources: SOURCES,
        callbackUrl: `${callbackUrl}/${number}/${markOf(letter, number, 'any')}`,
        timeZone: 'UTC',
      });
      const merchantId = merchant.id;
      await world.do<Made>(operatorKey, 'rotateSigningSecret', { merchantId });
      const { secret: signingSecret } = await world.do<Made>(operatorKey, 'rotateSigningSecret', { merchantId });
      const own = markOf(letter, number, 'any');
      return { id: merchantId, number, signingSecret, key: await key(operatorKey, { merchantId, name: own }) };
    }),
  )) as [Merchant, Merchant];
  const [{ id: merchantId, key: merchant }, { key: neighbour }] = merchants;
  const own = { merchantId, name: markOf(letter, 1, 'any') };
  const revoked = await world.do<Made & { apiKey: Id }>(operatorKey, 'createApiKey', own);
  await world.do(operatorKey, 'revokeApiKey', { id: revoked.apiKey.id });
  const soon = new Date(product.clock.now().getTime() + 3_600_000).toISOString();
  const expired = await key(operatorKey, { ...own, expiresAt: soon });
  const liveMerchant = await key(liveOperator, own);
  const all = { operator: operatorKey, merchant, neighbour, client: '', liveOperator, liveMerchant };
  return { letter, id: operator.id, stripe, merchants, keys: { ...all, revoked: revoked.secret, expired } };
}

/** A payer's token is good for minutes, so it comes once time has passed; answers with the order that it is for. */
export async function issueClientToken(world: World, tenant: Tenant): Promise<string> {
  const { letter, keys } = tenant;
  const input = orderOf(letter, 1, 'client', { captureMode: 'MANUAL', ...sale() });
  const { order } = await world.do<{ order: Id }>(keys.merchant, 'createOrder', input);
  const { token } = await world.do<{ token: string }>(keys.merchant, 'createClientToken', {
    orderId: order.id,
    expiresInSeconds: 3600,
  });
  keys.client = token;
  return order.id;
}

/** An order's input with a text of its owner's wherever it takes one. */
export function orderOf(letter: string, merchant: number, number: string, more: Json = {}): Json {
  const mark = markOf(letter, merchant);
  return {
    orderNumber: `${mark}-${number}`,
    amount: { amount: '100.00', currency: 'USD' },
    description: `${mark} goods`,
    metadata: { note: mark },
    returnUrl: `https://shop.example/${mark}`,
    payer: payerOf(letter, merchant),
    ...more,
  };
}

export function payerOf(letter: string, merchant: number, reference = 'payer'): Json {
  const mark = markOf(letter, merchant);
  return { reference: `${mark}-${reference}`, name: mark, email: `${mark}@shop.example`, phone: '+491701234567' };
}

export const sale = (token = 'pm_card_visa', more: Json = {}): Json => ({ payment: pay(token), ...more });

/** The address of the page of an order made by a shop's signed form. */
export async function formOrder(world: World, letter: string, merchant: Merchant): Promise<string> {
  const mark = markOf(letter, merchant.number);
  const fields = {
    merchant: merchant.id,
    orderNumber: `${mark}-form`,
    amount: '12.50',
    currency: 'EUR',
    timestamp: String(Math.floor(world.product.clock.now().getTime() / 1000)),
    description: mark,
  };
  const response = await fetch(`${world.product.url}/pay`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, signature: signed(fields, merchant.signingSecret) }).toString(),
  });
  const text = await response.text();
  if (response.status !== 303) throw new Error(`the form was refused with ${response.status}: ${text}`);
  return new URL(response.headers.get('location') ?? '', world.product.url).href;
}
