import type pg from 'pg';
import type { Statement } from '../../../src/platform/database/sql.js';
import { TENANT_SETTING } from '../../../src/platform/database/tenant-scoped-entity.js';

export interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Total Cost': number;
  readonly Plans?: readonly Plan[];
}

/** As a connection plans it for good, for any parameters, under the row policies of its role. */
export async function genericPlan(
  client: pg.Client,
  operatorId: string,
  { text }: Statement,
  role: string,
): Promise<Plan> {
  await client.query('begin');
  try {
    await client.query(`set local role ${role}`);
    await client.query(`select set_config('${TENANT_SETTING}', '${operatorId}', true)`);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `explain (generic_plan, format json) ${text}`,
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (!plan) throw new Error('no plan');
    return plan;
  } finally {
    await client.query('rollback');
  }
}

/** The tables of these of which all rows are read. */
export function scannedWhole(plan: Plan, big: readonly string[]): string[] {
  const own = plan['Node Type'] === 'Seq Scan' ? [plan['Relation Name'] ?? ''] : [];
  return [...own, ...(plan.Plans ?? []).flatMap((each) => scannedWhole(each, big))].filter((table) =>
    big.includes(table),
  );
}

export interface Measured extends Plan {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Measured[];
}

/** How many rows of a table were read in all, and how many of them for nothing. */
export function readRows(plan: Measured, table: string): { readonly read: number; readonly filtered: number } {
  const below = (plan.Plans ?? []).map((each) => readRows(each, table));
  const own = plan['Relation Name'] === table ? plan['Actual Loops'] : 0;
  return {
    read: own * plan['Actual Rows'] + below.reduce((sum, { read }) => sum + read, 0),
    filtered: own * (plan['Rows Removed by Filter'] ?? 0) + below.reduce((sum, { filtered }) => sum + filtered, 0),
  };
}
