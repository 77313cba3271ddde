/** Where and what to post. Headers and body are ours; the URL may be anybody's. */
export interface EgressRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * How a post ended. Only `ANSWERED` has an answer to the end; `status` may be
 * known with another outcome, where the answer broke off after its head.
 */
export type EgressOutcome =
  | 'ANSWERED'
  /** The deadline passed: while resolving, connecting, sending or reading. */
  | 'TIMED_OUT'
  /** The URL, or an address behind its name, is not one that may be called. */
  | 'ADDRESS_REFUSED'
  | 'NAME_NOT_FOUND'
  /** Refused, reset, unreachable, or closed in the midst of an answer. */
  | 'CONNECTION_FAILED'
  /** No TLS spoken, or a certificate that does not hold. */
  | 'TLS_FAILED'
  /** The answer's head has no end that is worth waiting for. */
  | 'TOO_LARGE'
  /** What came back is not HTTP/1.1. */
  | 'NOT_HTTP';

/** All that leaves this module of an answer: nothing that its sender wrote, but for the number. */
export interface EgressAnswer {
  readonly outcome: EgressOutcome;
  readonly status: number | null;
  /** Status 200, and a body of exactly the two bytes `ok`. */
  readonly isOk: boolean;
  readonly durationMs: number;
}
