import { errors } from 'undici';
import type { EgressOutcome } from './egress-answer.js';

const BY_CODE: Readonly<Record<string, EgressOutcome>> = {
  UND_ERR_CONNECT_TIMEOUT: 'TIMED_OUT',
  UND_ERR_HEADERS_TIMEOUT: 'TIMED_OUT',
  UND_ERR_BODY_TIMEOUT: 'TIMED_OUT',
  ETIMEDOUT: 'TIMED_OUT',
  UND_ERR_HEADERS_OVERFLOW: 'TOO_LARGE',
};

/** OpenSSL's reasons for not trusting a certificate, and Node's for not speaking TLS. */
const TLS =
  /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|INVALID_CA|PATH_LENGTH)/;

/** What an error of a connection means. Its text may repeat what the other side wrote, so only its code is looked at. */
export function outcomeOfError(error: unknown): EgressOutcome {
  if (error instanceof errors.HTTPParserError) return 'NOT_HTTP';
  const code = codeOf(error);
  if (TLS.test(code)) return 'TLS_FAILED';
  return BY_CODE[code] ?? 'CONNECTION_FAILED';
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
