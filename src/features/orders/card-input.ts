import { z } from 'zod';
import { freeText } from '../../platform/graphql/validation.js';
import { type InputRules, orNull } from './input-parts.js';

/** In the last time zone a month ends half a day after it has ended in UTC. */
const LAST_ZONE_MS = 12 * 60 * 60 * 1000;
const YEAR_MIN = 2000;
const YEAR_MAX = 2099;

/** `CardInput`, checked. No message says anything of what was sent: it is told to the caller, and may be written to a log there. */
export function cardInput({ now }: InputRules) {
  return z
    .object({
      number: z
        .string('must be a text of digits')
        .refine(isCardNumber, 'is not a card number: 12 to 19 digits, no spaces'),
      expiryMonth: z.number().refine((month) => isWhole(month, 1, 12), 'must be a month, 1 to 12'),
      expiryYear: z.number().refine((year) => isWhole(year, YEAR_MIN, YEAR_MAX), 'must be a year of four digits'),
      cvc: orNull(z.string().regex(/^\d{3,4}$/, 'must have three or four digits')),
      holderName: orNull(freeText({ max: 100 })),
    })
    .superRefine(({ expiryMonth, expiryYear }, context) => {
      if (!isWhole(expiryMonth, 1, 12) || !isWhole(expiryYear, YEAR_MIN, YEAR_MAX)) return;
      const endsAtMs = Date.UTC(expiryYear, expiryMonth, 1) + LAST_ZONE_MS;
      if (endsAtMs > now().getTime()) return;
      context.addIssue({ code: 'custom', path: ['expiryYear'], message: 'the card has expired' });
    });
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}

/** Luhn's check digit, which catches a digit mistyped and two exchanged. */
function isCardNumber(text: string): boolean {
  if (!/^\d{12,19}$/.test(text)) return false;
  const sum = [...text].reverse().reduce((total, character, index) => {
    const digit = Number(character) * (index % 2 === 0 ? 1 : 2);
    return total + (digit > 9 ? digit - 9 : digit);
  }, 0);
  return sum % 10 === 0;
}
