import { z } from 'zod';
import type { CopiedRows } from '../csv/copied-rows.js';
import type { CopyOutOptions, CopyParameter } from '../database/copy-out.js';
import { periodOf } from './period.js';

/** What every link to an export says: whose rows they are, of which days, and in which zone days begin. */
export const exportClaims = z.object({
  operatorId: z.string(),
  /** Null: of all its merchants. */
  merchantId: z.string().nullable(),
  mode: z.enum(['TEST', 'LIVE']),
  timeZone: z.string(),
  from: z.string().nullish(),
  to: z.string().nullish(),
});
export type ExportClaims = z.infer<typeof exportClaims>;

/** A condition and its parameter. The texts are ours; a caller's words are only ever parameters. */
export type ExportCondition = readonly [sql: (parameter: string) => string, value: unknown];

export interface ExportSource {
  readonly rows: CopiedRows;
  /** Tables and joins. The table of the rows is `t`. */
  readonly from: string;
  /** When a row was made: what days are compared with. */
  readonly moment: string;
  readonly order: string;
}

/** All rows of an operator, or one merchant, in one mode, of the days, that the conditions let through. Refuses days that make no period. */
export function exportQuery(
  { rows, from, moment, order }: ExportSource,
  claims: ExportClaims,
  conditions: readonly ExportCondition[],
): CopyOutOptions {
  const { operatorId, merchantId, mode } = claims;
  const { begins, ends } = periodOf(claims, claims.timeZone);
  const wanted: readonly ExportCondition[] = [
    [(p) => `t.operator_id = ${p}`, operatorId],
    [(p) => `t.mode = ${p}`, mode],
    [(p) => `t.merchant_id = ${p}`, merchantId],
    [(p) => `${moment} >= ${p}`, begins],
    [(p) => `${moment} < ${p}`, ends],
    ...conditions,
  ];
  const given = wanted.filter(([, value]) => value != null);
  const where = given.map(([sql], index) => sql(`$${index + 1}`)).join(' and ');
  const query = {
    text: `select ${rows.list} from ${from} where ${where} order by ${order}`,
    parameters: given.map(([, value]) => value as CopyParameter),
  };
  return { operatorId, query, head: rows.head, writer: rows.writer };
}
