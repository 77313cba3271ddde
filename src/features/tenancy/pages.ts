import { invalidInput } from '../../kernel/errors.js';
import { type PageArgs, type PageRequest, pageRequest } from '../../platform/graphql/connection.js';
import type { OperatorType } from './operator.graphql.js';
import { BEYOND_ALL_IDS } from './tenancy-sql.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOMENT_AND_UUID = /^(\d{1,15})_([0-9a-f-]{36})$/;

/** The last millisecond that PostgreSQL and JavaScript both can write with four digits of year. */
const BEYOND_ALL_TIMES = '253402300799999';

/** A page in the order of ids, which is the order in which things were made. */
export function pageById(args: PageArgs): PageRequest & { readonly beforeId: string } {
  const page = pageRequest(args);
  const beforeId = page.afterKey ?? BEYOND_ALL_IDS;
  if (!UUID.test(beforeId)) throw foreignCursor();
  return { ...page, beforeId };
}

/** A page of operators, whose ids do not tell their age. */
export function pageByAge(args: PageArgs): PageRequest & { readonly beforeMs: string; readonly beforeId: string } {
  const page = pageRequest(args);
  const [, beforeMs, beforeId = ''] =
    MOMENT_AND_UUID.exec(page.afterKey ?? `${BEYOND_ALL_TIMES}_${BEYOND_ALL_IDS}`) ?? [];
  if (beforeMs === undefined || !UUID.test(beforeId)) throw foreignCursor();
  return { ...page, beforeMs, beforeId };
}

export function ageKey({ createdAt, uuid }: OperatorType): string {
  return `${createdAt.getTime()}_${uuid}`;
}

function foreignCursor() {
  return invalidInput([{ path: ['after'], message: 'is a cursor of another list' }]);
}
