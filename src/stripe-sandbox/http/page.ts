import { malformed } from '../core/failure.js';
import { type Kind, missing } from '../core/lookup.js';
import { newestFirst, oldestFirst, type Shelf } from '../core/shelf.js';
import type { Parsed, Range, Spec } from './parameters.js';
import type { Call } from './routes.js';

/** The parameters of every list. */
export const PAGE = {
  limit: 'integer',
  starting_after: 'text',
  ending_before: 'text',
  created: 'range',
} as const satisfies Spec;

const LIMIT_USUAL = 10;
const LIMIT_MAX = 100;

interface ListObject<T> {
  object: 'list';
  url: string;
  has_more: boolean;
  data: T[];
}

export function within(range: Range | undefined, moment: number): boolean {
  if (range === undefined) return true;
  const { gt = Number.NEGATIVE_INFINITY, gte = Number.NEGATIVE_INFINITY } = range;
  const { lt = Number.POSITIVE_INFINITY, lte = Number.POSITIVE_INFINITY } = range;
  return moment > gt && moment >= gte && moment < lt && moment <= lte;
}

function limitOf(given: number | undefined): number {
  const limit = given ?? LIMIT_USUAL;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw malformed(
    limit < 1
      ? 'This value must be greater than or equal to 1.'
      : `This value must be less than or equal to ${LIMIT_MAX}.`,
    { code: 'parameter_invalid_integer', param: 'limit' },
  );
}

function checkCursor<T extends { id: string }>(call: Call, shelf: Shelf<T>, kind: Kind, params: Parsed<typeof PAGE>) {
  const { starting_after: after, ending_before: before } = params;
  if (after !== undefined && before !== undefined) {
    throw malformed('You can only specify one of these parameters: ending_before, starting_after.', {
      code: 'parameters_exclusive',
    });
  }
  for (const [param, cursor] of [
    ['starting_after', after],
    ['ending_before', before],
  ] as const) {
    if (cursor !== undefined && !shelf.places.has(cursor)) throw missing(call, kind, cursor, param);
  }
}

interface Listing<T extends { id: string }> {
  shelf: Shelf<T>;
  kind: Kind;
  url: string;
  keep(thing: T): boolean;
}

/** One page, newest first. `ending_before` walks the other way and shows its page newest first again. */
export function page<T extends { id: string; created?: number }>(
  call: Call,
  params: Parsed<typeof PAGE>,
  { shelf, kind, url, keep }: Listing<T>,
): ListObject<T> {
  const limit = limitOf(params.limit);
  checkCursor(call, shelf, kind, params);
  const backwards = params.ending_before !== undefined;
  const walk = backwards ? oldestFirst(shelf, params.ending_before ?? '') : newestFirst(shelf, params.starting_after);
  const data: T[] = [];
  for (const thing of walk) {
    if (!within(params.created, thing.created ?? 0) || !keep(thing)) continue;
    if (data.length === limit) return { object: 'list', url, has_more: true, data: backwards ? data.reverse() : data };
    data.push(thing);
  }
  return { object: 'list', url, has_more: false, data: backwards ? data.reverse() : data };
}
