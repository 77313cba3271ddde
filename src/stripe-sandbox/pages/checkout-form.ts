import type Stripe from 'stripe';
import { idOf } from '../core/lookup.js';
import { priced } from '../core/money.js';
import { find } from '../core/shelf.js';
import type { Scope } from '../core/world.js';
import { knownEmail } from '../resources/checkout-submit.js';
import { escapeHtml } from './page.js';

type Session = Stripe.Checkout.Session;

export type Means = 'card' | 'sepa_debit';

/** What is shown again, and what was wrong with it. */
export interface Entered {
  means: Means;
  email: string;
  name: string;
  error: { message: string; field: string | null } | null;
}

const MEANS: Readonly<Record<Means, string>> = { card: 'Card', sepa_debit: 'SEPA Direct Debit' };
const VERBS: Readonly<Record<string, string>> = { book: 'Book', donate: 'Donate' };

/** The means a page can offer. A wallet such as Link needs more than a page, so it is not shown. */
export function meansOf(session: Session): Means[] {
  return (['card', 'sepa_debit'] as const).filter((each) => session.payment_method_types.includes(each));
}

/** Where the link back leads; null where the merchant wants none. */
export function addressFor(session: Session, url: string | null): string | null {
  return url === null ? null : url.replaceAll('{CHECKOUT_SESSION_ID}', session.id);
}

function amount(session: Session): string {
  return priced(session.amount_total ?? 0, session.currency ?? '');
}

function items(scope: Scope, session: Session): string {
  const rows = (scope.book.checkoutPlans.get(session.id)?.items ?? []).map(
    ({ description, quantity, amount_total, currency }) =>
      `<tr><th scope="row">${escapeHtml(description ?? '')}${(quantity ?? 1) > 1 ? ` × ${quantity}` : ''}</th><td>${escapeHtml(priced(amount_total, currency))}</td></tr>`,
  );
  return `<table><caption class="quiet">What you pay for</caption><tbody>${rows.join('')}</tbody><tfoot><tr><th scope="row">Total</th><td>${escapeHtml(amount(session))}</td></tr></tfoot></table>`;
}

interface Field {
  name: string;
  label: string;
  autocomplete: string;
  value?: string;
  hint?: string;
  type?: string;
  isNumeric?: boolean;
  isHalf?: boolean;
}

function input(field: Field, entered: Entered): string {
  const attributes = {
    name: field.name,
    type: field.type ?? 'text',
    autocomplete: field.autocomplete,
    value: field.value,
    placeholder: field.hint,
    inputmode: field.isNumeric === true ? 'numeric' : undefined,
    ...(entered.error?.field === field.name && { 'aria-invalid': 'true', 'aria-describedby': 'error' }),
  };
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}="${escapeHtml(value)}"`],
  );
  return `<label${field.isHalf === true ? ' class="half"' : ''}>${field.label}<input ${written.join(' ')} required></label>`;
}

function cardFields(entered: Entered): string {
  return [
    { name: 'number', label: 'Card number', autocomplete: 'cc-number', isNumeric: true },
    { name: 'expiry', label: 'Expiry (MM/YY)', autocomplete: 'cc-exp', isNumeric: true, isHalf: true },
    { name: 'cvc', label: 'Security code (CVC)', autocomplete: 'cc-csc', isNumeric: true, isHalf: true },
    { name: 'name', label: 'Name on card', autocomplete: 'cc-name', value: entered.name },
  ]
    .map((field) => input(field, entered))
    .join('\n');
}

function accountFields(scope: Scope, entered: Entered): string {
  const name = escapeHtml(scope.account.name);
  return [
    input({ name: 'iban', label: 'IBAN', autocomplete: 'off' }, entered),
    input({ name: 'name', label: 'Name of the account holder', autocomplete: 'name', value: entered.name }, entered),
    `<p class="quiet">By going on you let ${name} and Stripe debit your account, and may have the money back within eight weeks.</p>`,
  ].join('\n');
}

/** Which e-mail address is asked for, or shown because it is known. */
function emailField(session: Session, entered: Entered): string {
  const known = knownEmail(session);
  if (known !== null) return `<p class="quiet">E-mail: ${escapeHtml(known)}</p>`;
  return input({ name: 'email', label: 'E-mail', type: 'email', autocomplete: 'email', value: entered.email }, entered);
}

function meansLinks(session: Session, chosen: Means): string {
  const all = meansOf(session);
  if (all.length < 2) return '';
  const links = all.map(
    (each) => `<li><a href="?method=${each}"${each === chosen ? ' aria-current="page"' : ''}>${MEANS[each]}</a></li>`,
  );
  return `<nav aria-label="Payment method"><ul class="means">${links.join('')}</ul></nav>`;
}

/** Card details are to be kept: Stripe says so under the button. */
function futureNote(scope: Scope, session: Session): string {
  const plan = scope.book.checkoutPlans.get(session.id);
  const intent = find(scope.book.paymentIntents, idOf(session.payment_intent) ?? '') ?? plan?.draft;
  const isKept = session.mode === 'setup' || intent?.setup_future_usage;
  const isHidden = session.consent_collection?.payment_method_reuse_agreement?.position === 'hidden';
  if (!isKept || isHidden) return '';
  return `<p class="quiet">You let ${escapeHtml(scope.account.name)} keep these details and use them for later payments.</p>`;
}

/** The page of an open session. */
export function checkoutBody(scope: Scope, session: Session, entered: Entered): string {
  const name = escapeHtml(scope.account.name);
  const isSetup = session.mode === 'setup';
  const verb = VERBS[session.submit_type ?? ''] ?? 'Pay';
  const back = addressFor(session, session.cancel_url);
  const notes = [session.custom_text.submit?.message, session.custom_text.after_submit?.message];
  const [before = '', after = ''] = notes.map((text) => (text ? `<p>${escapeHtml(text)}</p>` : ''));
  return `${back === null ? '' : `<p><a href="${escapeHtml(back)}">← Back to ${name}</a></p>`}
<h1>${isSetup ? `Save a payment method with ${name}` : `Pay ${name}`}</h1>
${isSetup ? '' : items(scope, session)}
${meansLinks(session, entered.means)}
${entered.error === null ? '' : `<p class="error" id="error" role="alert">${escapeHtml(entered.error.message)}</p>`}
<form method="post" novalidate>
<input type="hidden" name="method" value="${entered.means}">
${emailField(session, entered)}
${entered.means === 'card' ? cardFields(entered) : accountFields(scope, entered)}
${before}${futureNote(scope, session)}
<button class="primary">${isSetup ? 'Save' : `${verb} ${escapeHtml(amount(session))}`}</button>
</form>
${after}<p><small>Stripe sandbox: no money moves.</small></p>`;
}
