import { setTimeout as sleep } from 'node:timers/promises';
import Stripe from 'stripe';
import type { Money } from '../../kernel/money.js';
import { scrubbed } from '../../platform/logging/scrub.js';
import { type Answer, type Decline, RETRY_ADVICE, type RetryAdvice } from './payment-gateway.js';
import { stripeAmountProblem } from './stripe-amounts.js';

type StripeError = InstanceType<typeof Stripe.errors.StripeError>;

/** An amount that has no expression in Stripe's unit is refused here, where that is certain. */
export function refusalOfUnit(amount: Money): Answer<never> | null {
  const problem = stripeAmountProblem(amount);
  if (problem === null || problem.code === 'AMOUNT_OUT_OF_RANGE') return null;
  return { kind: 'refused', refusal: { code: 'amount_inexact', message: problem.message, keysRejected: false } };
}

/** Called with what an adapter did not expect: an answer it could not read, a bug. */
export type OnUnexpected = (error: unknown) => void;

/** Pauses before the second and the third try, before jitter: together at most two seconds. */
const BUSY_PAUSES_MS = [400, 1_600];

/** Stripe says that it did not begin: too many requests, or another request with this key or on this object. */
const BUSY_CODES: ReadonlySet<string | undefined> = new Set(['rate_limit', 'idempotency_key_in_use', 'lock_timeout']);

/** The object that was declined, as far as the error carries it. */
export type CarriedByDecline = Pick<StripeError, 'payment_intent' | 'setup_intent'>;

/** A call, how to read what it answers, and how to read the object that a decline may carry. */
export interface Asked<Raw extends object, Value> {
  readonly call: () => Promise<Raw>;
  readonly read: (raw: Raw) => Value;
  readonly readDeclined?: (error: CarriedByDecline) => Value | null;
}

/**
 * One call to Stripe as an answer in our words; it never throws. Only what
 * Stripe says it did not carry out is repeated, with the same key.
 */
export async function answered<Raw extends object, Value>(
  asked: Asked<Raw, Value>,
  onUnexpected: OnUnexpected,
): Promise<Answer<Value>> {
  for (let tries = 0; ; tries += 1) {
    const answer = await answeredOnce(asked, onUnexpected);
    const pauseMs = BUSY_PAUSES_MS[tries];
    if (answer.kind !== 'busy' || pauseMs === undefined) return answer;
    await sleep(pauseMs * (0.5 + Math.random() / 2));
  }
}

async function answeredOnce<Raw extends object, Value>(
  { call, read, readDeclined }: Asked<Raw, Value>,
  onUnexpected: OnUnexpected,
): Promise<Answer<Value>> {
  try {
    return { kind: 'done', value: read(readable(await call())) };
  } catch (error) {
    const answer = answerToError<Value>(error, onUnexpected);
    if (answer.kind !== 'declined' || readDeclined === undefined) return answer;
    return { ...answer, value: declinedValue(error as StripeError, readDeclined, onUnexpected) };
  }
}

/** The object as the decline left it; one that cannot be read does not undo the decline. */
function declinedValue<Value>(
  error: StripeError,
  read: (error: CarriedByDecline) => Value | null,
  onUnexpected: OnUnexpected,
): Value | null {
  try {
    return read(error);
  } catch (unreadable) {
    onUnexpected(unreadable);
    return null;
  }
}

/** The SDK takes an error status whose body has no `error` for a success; such a body says nothing. */
function readable<Raw extends object>(raw: Raw): Raw {
  const status = (raw as { lastResponse?: { statusCode?: number } }).lastResponse?.statusCode;
  if (status === undefined || status < 400) return raw;
  throw new Stripe.errors.StripeAPIError({ type: 'api_error', message: `HTTP ${status} without an explanation` });
}

/** A list was longer than what is looked through: what was sought may be further on. */
export class TooManyToList extends Error {
  override readonly name = 'TooManyToList';
}

/** What an error means. */
function answerToError<Value>(error: unknown, onUnexpected: OnUnexpected): Answer<Value> {
  if (error instanceof TooManyToList) return { kind: 'unknown', message: error.message, replayed: false };
  if (!(error instanceof Stripe.errors.StripeError)) {
    onUnexpected(error);
    return { kind: 'unknown', message: 'the answer of the payment system could not be read', replayed: false };
  }
  const message = scrubbed(error.message);
  if (isBusy(error)) return { kind: 'busy', message };
  if (isDecline(error)) return { kind: 'declined', decline: declineOf(error), value: null };
  if (isKeyRejection(error)) return refused(error, message, true);
  if (isRefusal(error)) return refused(error, message, false);
  return { kind: 'unknown', message, replayed: isKeySpent(error) };
}

function refused<Value>(error: StripeError, message: string, keysRejected: boolean): Answer<Value> {
  return { kind: 'refused', refusal: { code: error.code ?? error.rawType ?? 'refused', message, keysRejected } };
}

function isBusy(error: StripeError): boolean {
  return error.statusCode === 429 || error.statusCode === 409 || BUSY_CODES.has(error.code);
}

/** HTTP 402 is also how an account learns that it may send no card data: that has no code, and is no decline. */
function isDecline(error: StripeError): boolean {
  return error.rawType === 'card_error' || (error instanceof Stripe.errors.StripeCardError && Boolean(error.code));
}

function isRefusal(error: StripeError): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError || error instanceof Stripe.errors.StripeCardError;
}

function isKeyRejection(error: StripeError): boolean {
  return (
    error instanceof Stripe.errors.StripeAuthenticationError || error instanceof Stripe.errors.StripePermissionError
  );
}

/**
 * The answer is an earlier call's. Either Stripe repeats what that one was
 * answered, or it refuses other parameters under its key, which proves that
 * there was one and says nothing of what it did.
 */
function isKeySpent(error: StripeError): boolean {
  return error instanceof Stripe.errors.StripeIdempotencyError || header(error, 'idempotent-replayed') === 'true';
}

function header(error: StripeError, name: string): string | undefined {
  return (error.headers as Record<string, string> | undefined)?.[name];
}

const WRONG_STATE: ReadonlySet<string> = new Set([
  'payment_intent_unexpected_state',
  'setup_intent_unexpected_state',
  'charge_already_captured',
]);

/**
 * Stripe refuses to do again what was done, under another key or in its own
 * console. Whether it is what was asked for, only the object itself tells.
 */
export async function unlessDone<Value>(
  answer: Answer<Value>,
  look: () => Promise<Answer<Value>>,
  isDone: (value: Value) => boolean,
): Promise<Answer<Value>> {
  if (answer.kind !== 'refused' || !WRONG_STATE.has(answer.refusal.code)) return answer;
  const now = await look();
  return now.kind === 'done' && !isDone(now.value) ? answer : now;
}

/** The parts of a card error that Stripe gives in the same shape in an exception and on a payment. */
interface CardErrorFields {
  readonly code?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly advice_code?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * The most specific code there is. A refusal for want of authentication keeps
 * that name even where the bank gives another one, because what follows from
 * it is different: the payer has to come back.
 */
export function declineOf({ code, decline_code, advice_code, message }: CardErrorFields): Decline {
  const isAuthentication = code === 'authentication_required';
  return {
    code: isAuthentication ? code : decline_code || code || 'declined',
    message: scrubbed(message ?? 'The payment was declined.'),
    advice: adviceOf(advice_code),
  };
}

function adviceOf(code: string | undefined): RetryAdvice | null {
  const word = code?.toUpperCase();
  return RETRY_ADVICE.find((advice) => advice === word) ?? null;
}
