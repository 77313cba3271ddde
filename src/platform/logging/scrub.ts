import { containsCardNumber } from '../../kernel/card-number.js';
import { keyPattern } from '../../kernel/key-texts.js';

/** However little of a key is left of it: a log has no use for any. */
const KEYS = keyPattern(4);
const CREDENTIALS = /\bBearer\s+[A-Za-z0-9_\-+/=.]{4,}/g;

/** Enough digits for a card number, however they are grouped; the card ranges and the check digit decide. */
const DIGIT_RUNS = /\d(?:[ .-]?\d){12,}/g;

/** The text without secrets and card numbers, for logs and for messages that echo an input. */
export function scrubbed(text: string): string {
  return text
    .replace(CREDENTIALS, 'Bearer[secret]')
    .replace(KEYS, '$1[secret]')
    .replace(DIGIT_RUNS, (run) => (containsCardNumber(run) ? '[card number]' : run));
}
