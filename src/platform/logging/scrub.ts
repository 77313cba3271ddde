import { containsCardNumber } from '../../kernel/card-number.js';

/** Keys of the payment system and of ours, wherever they turn up: `sk_live_…`, `rk_test_…`, `whsec_…`, `qtt_…`. */
const SECRETS = /\b(?:(?:sk|rk)_(?:live|test)_|whsec_|qtt_|Bearer\s+)[A-Za-z0-9_\-+/=.]{4,}/g;

/** Enough digits for a card number, however they are grouped; the card ranges and the check digit decide. */
const DIGIT_RUNS = /\d(?:[ .-]?\d){12,}/g;

/** The text without secrets and card numbers, for logs and for messages that echo an input. */
export function scrubbed(text: string): string {
  return text
    .replace(SECRETS, (secret) => `${/^[A-Za-z]+_?(?:live_|test_)?/.exec(secret)?.[0] ?? ''}[secret]`)
    .replace(DIGIT_RUNS, (run) => (containsCardNumber(run) ? '[card number]' : run));
}
