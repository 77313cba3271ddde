import { uuidOf } from '../../../src/kernel/ids.js';
import { anOperator, asOwner, type OperatorAsker } from '../../support/tenancy.js';
import type { Answer } from '../../support/tenancy-world.js';
import type { PaymentWorld } from './payment-world.js';

const FIELDS = `account { id kind mode publishableKey secretKeyHint status externalAccountId country webhookUrl polled }`;
const PROBLEM = '... on Problem { code message retryable issues { path message } }';

export const CONNECT = `mutation ($input: ConnectPaymentSystemInput!) { connectPaymentSystem(input: $input) {
  ... on ConnectPaymentSystemPayload { ${FIELDS} } ${PROBLEM} } }`;
export const ROTATE = `mutation ($input: RotatePaymentSystemKeysInput!) { rotatePaymentSystemKeys(input: $input) {
  ... on RotatePaymentSystemKeysPayload { ${FIELDS} } ${PROBLEM} } }`;
export const DISCONNECT = `mutation ($input: DisconnectPaymentSystemInput!) { disconnectPaymentSystem(input: $input) {
  ... on DisconnectPaymentSystemPayload { ${FIELDS} } ${PROBLEM} } }`;

export type Keys = {
  readonly secretKey: string;
  readonly publishableKey: string;
};

export function keysOf({ secretKey, publishableKey }: Keys): Keys {
  return { secretKey, publishableKey };
}

export interface Connected {
  readonly operator: OperatorAsker;
  readonly stripe: Keys & { readonly accountId: string };
  /** Public. */
  readonly accountId: string;
  readonly uuid: string;
}

/** An operator with a Stripe account of its own, connected. */
export async function aConnectedOperator(world: PaymentWorld): Promise<Connected> {
  const operator = await anOperator(world);
  const stripe = world.sandbox.control.createAccount();
  const { account } = await operator.do<{ account: { id: string } }>(CONNECT, keysOf(stripe));
  return { operator, stripe, accountId: account.id, uuid: uuidOf('paymentSystemAccount', account.id) ?? '' };
}

export interface EndpointAtStripe {
  readonly id: string;
  readonly url: string;
  readonly api_version: string;
  readonly enabled_events: string[];
}

export async function endpointsAtStripe(world: PaymentWorld, secretKey: string): Promise<EndpointAtStripe[]> {
  const { data } = await atStripe<{ data: EndpointAtStripe[] }>(world, secretKey, 'webhook_endpoints');
  return data;
}

/** A request to the sandbox past the product, as the operator's own software would make it. */
export async function atStripe<Result = Answer>(
  world: PaymentWorld,
  secretKey: string,
  path: string,
  form?: Record<string, string>,
): Promise<Result> {
  const headers = { authorization: `Bearer ${secretKey}` };
  const body = form && new URLSearchParams(form);
  const answer = await fetch(`${world.sandbox.url}/v1/${path}`, body ? { method: 'POST', headers, body } : { headers });
  return (await answer.json()) as Result;
}

/** Pays at Stripe past the product; `operatorId` makes it look like a payment of ours. */
export function paidAtStripe(
  world: PaymentWorld,
  { stripe }: Pick<Connected, 'stripe'>,
  operatorId: string | null = null,
): Promise<{ id: string }> {
  return atStripe(world, stripe.secretKey, 'payment_intents', {
    amount: '1000',
    currency: 'eur',
    payment_method: 'pm_card_visa',
    capture_method: 'automatic',
    confirm: 'true',
    'automatic_payment_methods[enabled]': 'true',
    'automatic_payment_methods[allow_redirects]': 'never',
    ...(operatorId ? { 'metadata[quittance_operator]': operatorId } : {}),
  });
}

export interface InboxRow {
  readonly event_id: string;
  readonly type: string;
  readonly status: string;
  readonly attempts: number;
  readonly error: string | null;
}

export function inboxOf(world: PaymentWorld, accountUuid: string): Promise<InboxRow[]> {
  return asOwner<InboxRow>(
    world,
    'select event_id, type, status, attempts, error from inbox_events where account_id = $1 order by received_at, event_id',
    [accountUuid],
  );
}
