import ipaddr from 'ipaddr.js';
import { FailureLimit, rateLimit } from '../../platform/graphql/rate-limit.js';

/** A script that looks every two seconds in several windows stays far below. */
const LOOKS = { perSecond: 10, burst: 60 } as const;
/** Each may ask the payment system for a page, or wait for one. */
const STEPS = { perSecond: 2, burst: 10 } as const;
/** One signed form, which a payer's browser may send again. */
const FORMS = { perSecond: 2, burst: 20 } as const;
/** A shop's own payers together. */
const OF_MERCHANT = { perSecond: 50, burst: 500 } as const;
/** What comes from one address and is nothing of ours. */
const STRAY = { perSecond: 20, burst: 100 } as const;

/** So many digits of an IPv6 address belong to one subscriber, who has all addresses beneath them. */
const IPV6_PARTS = 4;

/**
 * How often the pages may be asked, in this process. An order by its link and a
 * merchant by its signature, so that nobody uses up what is another's; what
 * proves nothing by the address that it comes from. Whoever asks too often
 * gets ApiError RATE_LIMITED, before anything is looked up.
 */
export class PageLimits {
  readonly #looks: (name: string) => void;
  readonly #steps: (name: string) => void;
  readonly #forms: (name: string) => void;
  readonly #merchants: (name: string) => void;
  readonly #strays: FailureLimit;

  constructor(nowMs?: () => number) {
    this.#looks = rateLimit(LOOKS, nowMs);
    this.#steps = rateLimit(STEPS, nowMs);
    this.#forms = rateLimit(FORMS, nowMs);
    this.#merchants = rateLimit(OF_MERCHANT, nowMs);
    this.#strays = new FailureLimit('requests that lead nowhere from this address', STRAY, nowMs);
  }

  /** An order's page is asked for, or a step on it is taken. */
  visit(orderId: string, method: string): void {
    if (method === 'POST') this.#steps(orderId);
    else this.#looks(orderId);
  }

  /** A form has come, of which nothing is known but that it has a signature. */
  form(signature: string): void {
    this.#forms(signature.toLowerCase());
  }

  /** A form has come that the merchant has signed: forged ones must not use up what is theirs. */
  signedForm(merchantId: string): void {
    this.#merchants(merchantId);
  }

  assertNoStray(address: string): void {
    const refusal = this.#strays.refusal(networkOf(address));
    if (refusal) throw refusal;
  }

  /** What came from the address led nowhere. */
  strayed(address: string): void {
    this.#strays.failed(networkOf(address));
  }
}

function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, IPV6_PARTS).join(':') : parsed.toString();
}
