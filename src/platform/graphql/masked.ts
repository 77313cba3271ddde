import { redactCardNumbers } from '../../kernel/card-number.js';
import { redactKeys } from '../../kernel/key-texts.js';

/**
 * The value with every card number in its texts and its keys starred, and every
 * secret key cut. All that leaves with a refusal passes through here: whichever
 * rule repeats what was sent, and however deep, neither is told.
 */
export function masked<Value>(value: Value): Value {
  return maskedAny(value) as Value;
}

function maskedAny(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(maskedAny);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [maskedText(key), maskedAny(each)]));
}

function maskedText(text: string): string {
  return redactKeys(redactCardNumbers(text));
}
