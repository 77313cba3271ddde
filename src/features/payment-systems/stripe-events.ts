import Stripe from 'stripe';
import { z } from 'zod';
import type { ExternalEvent } from './payment-system.js';
import { METADATA } from './stripe-references.js';

/** Events that change something here. Endpoints are made for these and no others. */
export const EVENT_TYPES = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'charge.captured',
  'charge.updated',
  'refund.created',
  'refund.failed',
  'refund.updated',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.updated',
  'setup_intent.canceled',
  'setup_intent.requires_action',
  'setup_intent.setup_failed',
  'setup_intent.succeeded',
  'payment_method.automatically_updated',
  'payment_method.detached',
  'payment_method.updated',
  'mandate.updated',
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'payout.canceled',
  'payout.created',
  'payout.failed',
  'payout.paid',
  'payout.reconciliation_completed',
  'payout.updated',
  'balance.available',
] as const satisfies readonly Stripe.WebhookEndpointCreateParams.EnabledEvent[];

/** Whether anything is done about such an event; an endpoint changed by hand may send all of them. */
export function isProcessed({ type }: Pick<ExternalEvent, 'type'>): boolean {
  return EVENT_TYPES.some((each) => each === type);
}

/** The most that a list of events may be asked for. */
const LISTED_TYPES_MAX = 20;

/** All that is processed, in as many lists as it takes. */
export const EVENT_TYPE_LISTS: readonly (readonly string[])[] = Array.from(
  { length: Math.ceil(EVENT_TYPES.length / LISTED_TYPES_MAX) },
  (_none, index) => EVENT_TYPES.slice(index * LISTED_TYPES_MAX, (index + 1) * LISTED_TYPES_MAX),
);

/** Older signatures may be replays of something overheard. */
const TOLERANCE_S = 300;

/** The event in a delivery whose signature is of one of these secrets and fresh, or null. Nothing is parsed before. */
export function verifiedEvent(
  rawBody: Buffer,
  signature: string,
  secrets: readonly string[],
  now: Date,
): (ExternalEvent & { readonly externalAccountId: string | null }) | null {
  for (const secret of secrets) {
    const event = constructed(rawBody, signature, secret, now);
    if (event) return { ...externalEvent(event), externalAccountId: event.account ?? null };
  }
  return null;
}

function constructed(rawBody: Buffer, signature: string, secret: string, now: Date): Stripe.Event | null {
  try {
    const event = Stripe.webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_S, undefined, now.getTime());
    return IS_EVENT.safeParse(event).success ? event : null;
  } catch {
    return null;
  }
}

/** A signature says who sent a body, and not that it is an event: whoever holds the secret can sign any JSON. */
const IS_EVENT = z.object({
  id: z.string().min(1),
  type: z.string(),
  created: z.int(),
  livemode: z.boolean(),
  data: z.object({ object: z.looseObject({}) }),
});

export function externalEvent(event: Stripe.Event): ExternalEvent {
  return {
    id: event.id,
    type: event.type,
    live: event.livemode,
    createdAt: new Date(event.created * 1000),
    payload: hintOf(event),
  };
}

/**
 * What an event is about. Refunds and disputes carry no name of an operator:
 * only their payment can tell whose they are. Means of payment and mandates
 * carry none either: they are ours where they are known here. Payouts and the
 * balance are the account's.
 */
export type EventSubject =
  | { readonly kind: 'payment' | 'verification' | 'page'; readonly externalId: string; readonly ours: boolean }
  | {
      readonly kind: 'refund' | 'dispute';
      readonly externalId: string;
      readonly paymentExternalId: string;
    }
  | { readonly kind: 'credential' | 'mandate' | 'payout'; readonly externalId: string }
  | { readonly kind: 'movement' }
  | { readonly kind: 'other' };

/**
 * As much of an event as says what to ask about. The rest is not kept: it has
 * the payer's name and address and a secret that lets its holder pay, and
 * would be out of date when it is read.
 */
function hintOf({ id, type, created, data }: Stripe.Event): Record<string, unknown> {
  const { object, id: objectId, payment_intent, metadata, status } = data.object as EventObject;
  return { id, type, created, data: { object: { object, id: objectId, payment_intent, metadata, status } } };
}

interface EventObject {
  readonly status?: string;
  readonly object?: string;
  readonly id?: string;
  readonly payment_intent?: string | { readonly id: string } | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

const OTHER: EventSubject = { kind: 'other' };

/**
 * Reads no more of an event than whom to ask about what. A charge carries its
 * payment's metadata; it is updated when Stripe has worked out its fee.
 */
export function subjectOf(payload: Readonly<Record<string, unknown>>, operatorId: string): EventSubject {
  const object = (payload.data as { object?: EventObject } | undefined)?.object ?? {};
  const { id, payment_intent } = object;
  const paymentExternalId = typeof payment_intent === 'string' ? payment_intent : payment_intent?.id;
  const ours = object.metadata?.[METADATA.operator] === operatorId;
  if (object.object === 'balance') return { kind: 'movement' };
  if (!id) return OTHER;
  switch (object.object) {
    case 'payment_intent':
      return { kind: 'payment', externalId: id, ours };
    case 'setup_intent':
      return { kind: 'verification', externalId: id, ours };
    case 'payment_method':
      return { kind: 'credential', externalId: id };
    case 'mandate':
      return { kind: 'mandate', externalId: id };
    case 'checkout.session':
      return { kind: 'page', externalId: id, ours };
    case 'payout':
      return { kind: 'payout', externalId: id };
    case 'charge':
      if (payload.type === 'charge.updated') return ours ? { kind: 'movement' } : OTHER;
      return paymentExternalId ? { kind: 'payment', externalId: paymentExternalId, ours } : OTHER;
    case 'refund':
    case 'dispute':
      return paymentExternalId ? { kind: object.object, externalId: id, paymentExternalId } : OTHER;
    default:
      return OTHER;
  }
}
