import { malformed } from '../core/failure.js';
import { find, newestFirst } from '../core/shelf.js';
import type { Book } from '../core/state.js';
import type { Scope } from '../core/world.js';
import { asOf } from '../payments/balance.js';

const DEPTH_MAX = 4;

type Plain = Record<string, unknown>;

/** The links that can be expanded. Checked before a request runs: afterwards its effect would stand. */
const EXPANDABLE = new Set([
  'balance_transaction',
  'charge',
  'customer',
  'data',
  'default_payment_method',
  'default_source',
  'failure_balance_transaction',
  'invoice_settings',
  'latest_attempt',
  'line_items',
  'latest_charge',
  'last_payment_error',
  'last_setup_error',
  'mandate',
  'on_behalf_of',
  'payment_intent',
  'payment_method',
  'payment_method_details',
  'card',
  'sepa_debit',
  'refunds',
  'review',
  'setup_intent',
  'source',
  'application',
  'object',
]);

/** Refuses paths that no object has, and paths that are too deep. */
export function checkExpansions(paths: readonly string[]): void {
  for (const whole of paths) {
    const path = whole.split('.');
    if (path.length > DEPTH_MAX) {
      throw malformed(`You cannot expand more than ${DEPTH_MAX} levels of a property. Property: ${whole}`, {
        param: 'expand',
      });
    }
    if (!path.every((field) => EXPANDABLE.has(field))) {
      throw malformed(`This property cannot be expanded (${whole}).`, { param: 'expand' });
    }
  }
}

/** Ids tell their kind by prefix, so an expanded field needs no table of its own. */
function resolve(scope: Scope, id: string): object | undefined {
  const { book } = scope;
  switch (id.slice(0, id.indexOf('_'))) {
    case 'ch':
    case 'py':
      return find(book.charges, id);
    case 'cs':
      return find(book.checkoutSessions, id);
    case 'cus':
      return find(book.customers, id);
    case 'du':
      return find(book.disputes, id);
    case 'mandate':
      return find(book.mandates, id);
    case 'pi':
      return find(book.paymentIntents, id);
    case 'pm':
      return find(book.paymentMethods, id);
    case 'po':
      return find(book.payouts, id);
    case 're':
    case 'pyr':
      return find(book.refunds, id);
    case 'seti':
      return find(book.setupIntents, id);
    case 'setatt':
      return find(book.setupAttempts, id);
    case 'txn': {
      const transaction = find(book.balanceTransactions, id);
      return transaction && asOf(transaction, scope.world.clock.now());
    }
    default:
      return undefined;
  }
}

/** A charge shows its refunds only when they are asked for. */
function refundsOf(book: Book, chargeId: string): object {
  const data = [...newestFirst(book.refunds)].filter((each) => each.charge === chargeId);
  return { object: 'list', url: `/v1/charges/${chargeId}/refunds`, has_more: false, data: data.slice(0, 10) };
}

/** The same with what a Checkout Session sells. */
function itemsOf(book: Book, sessionId: string): object {
  const data = book.checkoutPlans.get(sessionId)?.items ?? [];
  return { object: 'list', url: `/v1/checkout/sessions/${sessionId}/line_items`, has_more: false, data };
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Wish {
  /** The path as it was asked for, for error messages. */
  whole: string;
  /** Refuse what the object does not have; after an effect it is only left out. */
  isStrict: boolean;
}

function expandField(scope: Scope, holder: Plain, path: readonly string[], wish: Wish): Plain {
  const [field = '', ...rest] = path;
  const cannot = () => malformed(`This property cannot be expanded (${wish.whole}).`, { param: 'expand' });
  let value = holder[field];
  if (holder.object === 'charge' && field === 'refunds' && typeof holder.id === 'string') {
    value = refundsOf(scope.book, holder.id);
  }
  if (holder.object === 'checkout.session' && field === 'line_items' && typeof holder.id === 'string') {
    value = itemsOf(scope.book, holder.id);
  }
  if (value === null) return holder;
  if (value === undefined) {
    if (wish.isStrict) throw cannot();
    return holder;
  }
  if (typeof value === 'string') {
    const found = resolve(scope, value);
    if (found === undefined && wish.isStrict) throw cannot();
    value = found ?? value;
  }
  if (rest.length > 0) value = expandInto(scope, value, rest, wish);
  return { ...holder, [field]: value };
}

function expandInto(scope: Scope, value: unknown, path: readonly string[], wish: Wish): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => expandInto(scope, each, path, wish));
  return isPlain(value) ? expandField(scope, value, path, wish) : value;
}

/** Puts whole objects where the answer has ids, along each path; the stored objects stay as they are. */
export function expand(scope: Scope, answer: object, paths: readonly string[], isStrict: boolean): object {
  let expanded: unknown = answer;
  for (const whole of paths) {
    const path = whole.split('.');
    if (isPlain(expanded) && expanded.object === 'list' && path[0] !== 'data') {
      throw malformed(
        `This property cannot be expanded (${whole}). You may want to try expanding 'data.${whole}' instead.`,
        { param: 'expand' },
      );
    }
    expanded = expandInto(scope, expanded, path, { whole, isStrict });
  }
  return expanded as object;
}
