import { publicId } from '../../kernel/ids.js';
import { termsDigest } from './consent-of.js';
import type { Texts } from './domain/texts.js';
import type { OrderView } from './order-view.js';

/** What a payer sends with the button of an order's page. */
export interface CheckoutForm {
  readonly account: string | null;
  readonly agreed: boolean;
  /** Of the terms that the payer was shown. */
  readonly terms: string | null;
}

export function checkoutForm(body: unknown): CheckoutForm {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  return { account: form.get('account'), agreed: form.get('consent') === 'yes', terms: form.get('terms') };
}

/** What the payer is asked once more, because it is not theirs to leave out or ours to assume; null: nothing. */
export function askedAgain(view: OrderView, form: CheckoutForm, texts: Texts): string | null {
  if (!isOffered(view, form)) return texts.chooseAgain;
  if (!view.consent) return null;
  if (!form.agreed) return texts.consent.needed;
  return form.terms === termsDigest(view.consent) ? null : texts.consent.changed;
}

/** Where there is a choice, one of it; where there is none, at most the one that there is. */
function isOffered({ choice, order }: OrderView, { account }: CheckoutForm): boolean {
  if (choice.length === 0 && account === null) return true;
  const offered = choice.length > 0 ? choice.map(({ id }) => id) : [order.accountId];
  return offered.some((id) => publicId('paymentSystemAccount', id) === account);
}
