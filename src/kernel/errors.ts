/**
 * Every refusal a caller can cause and should handle. The GraphQL enum is made
 * from this table, so a new code is a change of the API; the text beside each
 * is its description there.
 */
export const PROBLEM_CODES = {
  NOT_FOUND: 'No such object, or it belongs to somebody else: the answer is the same.',
  INVALID_INPUT: 'The input is malformed; `issues` lists every fault with the path to it.',
  ILLEGAL_TRANSITION: 'The object is in a state that does not allow this.',
  AMOUNT_EXCEEDS_AVAILABLE: 'More than what is held or captured was asked for.',
  AMOUNT_OUT_OF_RANGE: 'Below the minimum or above the maximum that the payment system accepts in this currency.',
  CURRENCY_MISMATCH: 'An amount is in another currency than the object it is for.',
  CURRENCY_NOT_SUPPORTED: 'The payment system does not take this currency.',
  DUPLICATE_ORDER_NUMBER: 'An order with this number is live or paid; a number is free again when its order failed.',
  DUPLICATE_REFERENCE: 'Another object of the same kind already has this reference.',
  OUTCOME_PENDING: 'An earlier operation is not settled yet; nothing new is sent until it is.',
  ORDER_DISPUTED: "The payer's bank is disputing the order; a refund now could pay the payer twice.",
  MULTICAPTURE_UNAVAILABLE: 'The payment system offers only one capture for this payment.',
  INCREMENT_UNAVAILABLE: 'The payment system cannot raise this hold.',
  AGREEMENT_REQUIRED: 'A merchant-initiated transaction needs an agreement.',
  AGREEMENT_LIMIT_EXCEEDED: "The agreement's limits forbid this charge.",
  AGREEMENT_MISMATCH: 'The order belongs to another agreement; a series of payments keeps to one.',
  SOURCE_NOT_ALLOWED: 'The merchant may not use this transaction source.',
  STORED_ON_FILE_CONFLICT: 'The stored-on-file value does not fit the source or the credential.',
  CREDENTIAL_UNUSABLE: 'The credential was removed, expired, or belongs to another payer.',
  NEW_CIT_REQUIRED: 'The payer must make a new cardholder-initiated transaction first.',
  PAYMENT_SYSTEM_REJECTED_KEYS: 'The payment system does not accept these keys.',
  PAYMENT_SYSTEM_UNAVAILABLE: 'The payment system could not be reached, or no usable account is connected.',
  KEY_MODE_MISMATCH: 'A live and a test key, or a key and an account of different modes, were mixed.',
  CARD_DATA_NOT_ALLOWED: 'Card data is not accepted here; use a token.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used before with another input.',
  IDEMPOTENCY_KEY_IN_USE: 'The first request with this idempotency key is still being carried out.',
  OPERATOR_SUSPENDED: 'The operator was closed with suspendOperator: nothing is done for it until it is resumed.',
} as const;

export type ProblemCode = keyof typeof PROBLEM_CODES;

/** Refusals that the same request may get past a little later. */
const RETRYABLE: ReadonlySet<ProblemCode> = new Set([
  'OUTCOME_PENDING',
  'IDEMPOTENCY_KEY_IN_USE',
  'PAYMENT_SYSTEM_UNAVAILABLE',
]);

/** One fault of an input: where it is, and what would be right. */
export interface InputIssue {
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * An expected refusal. It is thrown, never returned, so that the surrounding
 * transaction always rolls back; the API's edge turns it into a `Problem`.
 * Anything else that is thrown is a bug and reaches the client as INTERNAL.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly issues: readonly InputIssue[] = [],
    /** Given where a code that is usually worth another try is not this time: somebody has to do something first. */
    readonly retryable: boolean = RETRYABLE.has(code),
  ) {
    super(message);
  }
}

/** All faults of an input at once: a caller should not have to mend them one by one. */
export function invalidInput(issues: readonly InputIssue[]): DomainError {
  const text = issues.map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`).join('; ');
  return new DomainError('INVALID_INPUT', text, issues);
}

/** Byte for byte the same for what never existed and for what belongs to another tenant. */
export function notFound(what: string): DomainError {
  return new DomainError('NOT_FOUND', `no such ${what}`);
}

/** For the impossible branch of a union: the compiler objects when a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`);
}
