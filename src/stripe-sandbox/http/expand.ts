import { malformed } from '../core/failure.js';
import { find, newestFirst } from '../core/shelf.js';
import type { Book } from '../core/state.js';
import type { Scope } from '../core/world.js';
import { asOf } from '../payments/balance.js';

const DEPTH_MAX = 4;

type Plain = Record<string, unknown>;

/** Ids tell their kind by prefix, so an expanded field needs no table of its own. */
function resolve(scope: Scope, id: string): object | undefined {
  const { book } = scope;
  switch (id.slice(0, id.indexOf('_'))) {
    case 'ch':
      return find(book.charges, id);
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
    case 're':
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

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expandField(scope: Scope, holder: Plain, path: readonly string[], whole: string): Plain {
  const [field = '', ...rest] = path;
  const cannot = () => malformed(`This property cannot be expanded (${whole}).`, { param: 'expand' });
  let value = holder[field];
  if (holder.object === 'charge' && field === 'refunds' && typeof holder.id === 'string') {
    value = refundsOf(scope.book, holder.id);
  }
  if (value === null) return holder;
  if (value === undefined) throw cannot();
  if (typeof value === 'string') {
    const found = resolve(scope, value);
    if (found === undefined) throw cannot();
    value = found;
  } else if (rest.length === 0 && !isPlain(value)) throw cannot();
  if (rest.length > 0) value = expandInto(scope, value, rest, whole);
  return { ...holder, [field]: value };
}

function expandInto(scope: Scope, value: unknown, path: readonly string[], whole: string): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => expandInto(scope, each, path, whole));
  return isPlain(value) ? expandField(scope, value, path, whole) : value;
}

/** Puts whole objects where the answer has ids, along each path; the stored objects stay as they are. */
export function expand(scope: Scope, answer: object, paths: readonly string[]): object {
  let expanded: unknown = answer;
  for (const whole of paths) {
    const path = whole.split('.');
    if (path.length > DEPTH_MAX) {
      throw malformed(`You cannot expand more than ${DEPTH_MAX} levels of a property. Property: ${whole}`, {
        param: 'expand',
      });
    }
    if (isPlain(expanded) && expanded.object === 'list' && path[0] !== 'data') {
      throw malformed(
        `This property cannot be expanded (${whole}). You may want to try expanding 'data.${whole}' instead.`,
        { param: 'expand' },
      );
    }
    expanded = expandInto(scope, expanded, path, whole);
  }
  return expanded as object;
}
