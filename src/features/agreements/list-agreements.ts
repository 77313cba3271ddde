import { type IdKind, uuidOf } from '../../kernel/ids.js';
import { type Sql, statement } from '../../platform/database/sql.js';
import { isStorable } from '../../platform/graphql/validation.js';
import type { Principal, pageById } from '../tenancy/index.js';
import { roundedLimit } from './agreement-reads-sql.js';
import type { AgreementRow } from './agreement-rows.js';
import { AGREEMENT_COLUMNS } from './agreements-sql.js';

/** `AgreementFilter` as it comes from the edge. */
export interface AgreementFilterValues {
  readonly status?: readonly string[] | null;
  readonly type?: readonly string[] | null;
  readonly merchantId?: string | null;
  readonly payerId?: string | null;
  readonly reference?: string | null;
  readonly nextChargeBefore?: Date | null;
}

/** A condition under a letter of its own, and its parameter. The texts are ours; a caller's words are only ever parameters. */
export type Condition = readonly [letter: string, sql: (parameter: string) => string, value: unknown];

/** An id of nothing: matches no row, as an unknown id does. */
const NOBODY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Agreements, newest first, as far as the principal may see them. One statement is prepared per set of filters used. */
export async function listAgreements(
  sql: Sql,
  principal: Principal,
  filter: AgreementFilterValues,
  page: ReturnType<typeof pageById>,
): Promise<AgreementRow[]> {
  if (filter.reference != null && !isStorable(filter.reference)) return [];
  const conditions = [...scopeOf(principal, page.beforeId), ...filterOf(filter)];
  const where = conditions.map(([, text], index) => text(`$${index + 2}`)).join(' and ');
  const limit = roundedLimit(page.limit);
  const name = `agreements_list_${conditions.map(([letter]) => letter).join('')}_${limit}`;
  const text = `select ${AGREEMENT_COLUMNS} from agreements where operator_id = $1 and ${where} order by id desc limit ${limit}`;
  const values = conditions.map(([, , value]) => value);
  return sql.query<AgreementRow>(statement(name, text), [principal.operatorId, ...values]);
}

function scopeOf({ mode, merchantId }: Principal, beforeId: string): Condition[] {
  const conditions: Condition[] = [
    ['t', (p) => `mode = ${p}`, mode],
    ['i', (p) => `id < ${p}::uuid`, beforeId],
  ];
  if (merchantId) conditions.push(['o', (p) => `merchant_id = ${p}`, merchantId]);
  return conditions;
}

/** What a filter asks for; where that is what no agreement has, a condition that none fulfils. */
export function conditionsOf(filter: AgreementFilterValues): readonly Condition[] {
  const isHopeless = filter.reference != null && !isStorable(filter.reference);
  return isHopeless ? [['h', (p) => `id = ${p}`, NOBODY]] : filterOf(filter);
}

function filterOf(filter: AgreementFilterValues): Condition[] {
  const uuid = (kind: IdKind, id: string | null | undefined) => (id == null ? null : (uuidOf(kind, id) ?? NOBODY));
  const conditions: readonly Condition[] = [
    ['s', (p) => `status = any (${p}::text[])`, filter.status],
    ['y', (p) => `type = any (${p}::text[])`, filter.type],
    ['m', (p) => `merchant_id = ${p}`, uuid('merchant', filter.merchantId)],
    ['p', (p) => `payer_id = ${p}`, uuid('payer', filter.payerId)],
    ['r', (p) => `reference = ${p}`, filter.reference],
    ['n', (p) => `next_charge_at < ${p}`, filter.nextChargeBefore],
  ];
  return conditions.filter(([, , value]) => value != null);
}
