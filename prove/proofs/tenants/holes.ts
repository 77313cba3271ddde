import { type GraphQLInputType, getNamedType, getNullableType, isInputObjectType, isListType } from 'graphql';
import { ID_PREFIXES, type IdKind } from '../../../src/kernel/ids.js';
import type { Json } from '../../../test/support/product.js';

/** Of which kind an id is that goes into this place. */
export function kindOf(field: string, path: readonly string[]): IdKind {
  const last = path.at(-1) ?? '';
  if (field === 'revokeApiKey') return 'apiKey';
  if (last === 'ids') return 'notification';
  if (last === 'itemId') return 'invoiceItem';
  if (/accountId$/i.test(last)) return 'paymentSystemAccount';
  if (path.includes('payer')) return 'payer';
  if (/^bulkOperation/.test(field) && last === 'id') return 'bulkOperation';
  const root = last === 'id' ? field : last.replace(/Id$/, '');
  const kind = (Object.keys(ID_PREFIXES) as IdKind[]).find((each) => each === root);
  if (!kind && field !== 'node') throw new Error(`what kind of id is ${field}.${path.join('.')}?`);
  return kind ?? 'order';
}

/** What is given instead of an id: beside these, whatever else names the same thing would be a contradiction. */
const ALONE = ['payer', 'credential'];

/** The value with another at a place in it, in as many lists as the types ask for. */
export function placed(type: GraphQLInputType, base: unknown, path: readonly string[], value: unknown): unknown {
  const inner = getNullableType(type);
  if (isListType(inner)) {
    const [first] = Array.isArray(base) ? base : [];
    return [placed(inner.ofType, first, path, value)];
  }
  const [head, ...rest] = path;
  const object = getNamedType(inner);
  if (head === undefined || !isInputObjectType(object)) return value;
  const field = object.getFields()[head];
  if (!field) throw new Error(`${object.name} has no ${head}`);
  const kept = (base ?? {}) as Json;
  const below = ALONE.includes(head) && rest.length === 1 ? {} : kept[head];
  return { ...kept, [head]: placed(field.type, below, rest, value) };
}
