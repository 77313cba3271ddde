import { isIP } from 'node:net';
import { addressFault, hostOf, isLocalhost } from './address-fault.js';
import { AnswerReader, type Ending } from './answer-reader.js';
import { Connections } from './connections.js';
import type { EgressAnswer, EgressOutcome, EgressRequest } from './egress-answer.js';
import { type AddressRules, canonical, isPublicAddress, mayBeCalled, ownAddresses } from './public-address.js';
import { remembered } from './remembered.js';
import { type Resolve, resolveByDns } from './resolve.js';

export interface EgressOptions {
  /** Whether this machine itself may be called, and http used at all; for development and tests. */
  readonly privateAllowed: boolean;
  /** Over everything: resolving, connecting, sending, reading. 10 seconds when absent. */
  readonly deadlineMs?: number;
  /** Asks name servers when absent. */
  readonly resolve?: Resolve;
  /** The addresses of this machine; asks the system when absent. */
  readonly ownAddresses?: () => readonly string[];
  /** Certificates, as PEM, to trust instead of the usual ones. */
  readonly ca?: string;
}

const DEADLINE_MS = 10_000;
/** Of one name: each that does not answer is tried, and a name may list a thousand of somebody else's. */
const ADDRESSES_MAX = 4;
const LOCALHOST = ['127.0.0.1', '::1'];
/** URLs and addresses of which it is remembered what they are; a page of merchants each. */
const REMEMBERED_MAX = 2_000;
/** Asking the system is dear, and a machine seldom gets another address. */
const OWN_KEPT_MS = 5_000;

/** Where a URL leads, as far as it says so itself. */
interface Place {
  readonly origin: string;
  readonly path: string;
  readonly host: string;
}

/**
 * The only way out to addresses that tenants name. It calls what is on the
 * open internet, by the address that was vetted, follows nowhere, takes no
 * proxy, and tells nothing of the answer but its status and whether it is ok.
 */
export class Egress {
  readonly #rules: AddressRules;
  readonly #deadlineMs: number;
  readonly #resolve: Resolve;
  readonly #ownAddresses: () => readonly string[];
  /** Null: it may not be called. By the text alone; what its name stands for is asked each time. */
  readonly #placeOf: (url: string) => Place | null;
  /** The address in one spelling; null: it may not be called. */
  readonly #vetted: (address: string) => string | null;
  #own: { readonly until: number; readonly addresses: ReadonlySet<string> } = { until: 0, addresses: new Set() };
  readonly #connections: Connections;

  constructor({ privateAllowed, deadlineMs = DEADLINE_MS, ca, ...parts }: EgressOptions) {
    this.#rules = { loopbackAllowed: privateAllowed };
    this.#deadlineMs = deadlineMs;
    this.#resolve = parts.resolve ?? resolveByDns();
    this.#ownAddresses = parts.ownAddresses ?? ownAddresses;
    this.#placeOf = remembered((url) => placeOf(url, this.#rules), REMEMBERED_MAX);
    this.#vetted = remembered((each) => (mayBeCalled(each, this.#rules) ? canonical(each) : null), REMEMBERED_MAX);
    this.#connections = new Connections({
      connectTimeoutMs: deadlineMs,
      mayBeCalled: (address) => mayBeCalled(address, this.#rules),
      ...(ca !== undefined && { ca }),
    });
  }

  /** How many connections there are, for tests and metrics. */
  get connections(): { readonly idle: number; readonly inUse: number } {
    return this.#connections.counts;
  }

  /** Posts once. Never rejects for what the other side is or does; `request` itself must be well formed. */
  async post(request: EgressRequest, options: { readonly deadlineMs?: number } = {}): Promise<EgressAnswer> {
    const startedAt = performance.now();
    const reader = new AnswerReader();
    const deadline = setTimeout(() => reader.giveUp('TIMED_OUT'), options.deadlineMs ?? this.#deadlineMs);
    try {
      const { outcome, status, isOk } = await this.#exchange(request, reader);
      return { outcome, status, isOk, durationMs: Math.round(performance.now() - startedAt) };
    } finally {
      clearTimeout(deadline);
    }
  }

  /** Ends idle connections, and breaks off what is under way. */
  stop(): void {
    this.#connections.endAll();
  }

  async #exchange({ url, headers, body }: EgressRequest, reader: AnswerReader): Promise<Ending> {
    const place = this.#placeOf(url);
    if (!place) return ended('ADDRESS_REFUSED');
    const { origin, path, host } = place;
    const addresses = isIP(host) ? [host] : await Promise.race([this.#addressesOf(host), reader.ending]);
    if ('outcome' in addresses) return addresses;
    if (addresses.length === 0) return ended('NAME_NOT_FOUND');
    if (!this.#mayAllBeCalled(addresses)) return ended('ADDRESS_REFUSED');
    const line = this.#connections.take({ origin, addresses: addresses.slice(0, ADDRESSES_MAX) });
    let isReusable = false;
    try {
      line.client.dispatch({ path, method: 'POST', headers: { ...HEADERS, ...headers }, body }, reader);
      const ending = await reader.ending;
      isReusable = ending.isWhole;
      return ending;
    } finally {
      if (isReusable) this.#connections.giveBack(line);
      else this.#connections.end(line);
    }
  }

  #mayAllBeCalled(addresses: readonly string[]): boolean {
    const own = this.#ownNow();
    return addresses.every((address) => {
      const vetted = this.#vetted(address);
      return vetted !== null && !own.has(vetted);
    });
  }

  #ownNow(): ReadonlySet<string> {
    const now = performance.now();
    if (now >= this.#own.until) {
      const addresses = new Set(this.#ownAddresses().filter(isPublicAddress).map(canonical));
      this.#own = { until: now + OWN_KEPT_MS, addresses };
    }
    return this.#own.addresses;
  }

  async #addressesOf(host: string): Promise<readonly string[]> {
    // Whoever asks for this machine gets it, whatever a name server would say; the rules were asked before.
    return isLocalhost(host) ? LOCALHOST : this.#resolve(host);
  }
}

function placeOf(text: string, rules: AddressRules): Place | null {
  if (addressFault(text, rules) !== null) return null;
  const url = new URL(text);
  return { origin: url.origin, path: `${url.pathname}${url.search}`, host: hostOf(url) };
}

/** Two bytes need no compression, and what is compressed is not the two bytes. */
const HEADERS = { 'user-agent': 'Quittance', accept: '*/*', 'accept-encoding': 'identity' };

function ended(outcome: EgressOutcome): Ending {
  return { outcome, status: null, isOk: false, isWhole: false };
}
