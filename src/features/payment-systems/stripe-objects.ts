import { type Currency, isCurrency } from '../../kernel/currency.js';

/** What is said of a reference in Stripe's answers, which is an id or, where that was asked for, the object itself. */
export function idOf(reference: string | { readonly id: string } | null | undefined): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}

export function expanded<Expandable extends object>(
  reference: string | Expandable | null | undefined,
): Expandable | null {
  return typeof reference === 'object' ? reference : null;
}

export function dateOf(seconds: number): Date {
  return new Date(seconds * 1000);
}

export function currencyOf(code: string): Currency {
  const currency = code.toUpperCase();
  if (!isCurrency(currency)) throw new Error(`an amount is in the unknown currency ${code}`);
  return currency;
}
