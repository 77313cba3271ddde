import type { TransactionSource } from '../../../kernel/transaction-source.js';

export { TRANSACTION_SOURCES, type TransactionSource } from '../../../kernel/transaction-source.js';

/** What a new merchant may use until its operator says otherwise: all that no terminal and no agreement is needed for. */
export const DEFAULT_SOURCES: readonly TransactionSource[] = [
  'INTERNET',
  'MOTO',
  'MAIL_ORDER',
  'TELEPHONE_ORDER',
  'VOICE_RESPONSE',
  'CALL_CENTER',
];

/** Sources that need a terminal beside the payer; no payment system account of ours has one. */
const NEED_A_TERMINAL: ReadonlySet<TransactionSource> = new Set(['CARD_PRESENT', 'PAYER_PRESENT']);

/** What is wrong with the sources that a merchant is to be allowed, or null. */
export function sourcesFault(sources: readonly TransactionSource[]): string | null {
  if (sources.length === 0) return 'must name at least one source';
  const refused = sources.filter((source) => NEED_A_TERMINAL.has(source));
  if (refused.length === 0) return null;
  return `${refused.join(' and ')} cannot be allowed: the payer's card would have to meet a terminal, and Stripe accounts here have none`;
}
