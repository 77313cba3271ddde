import type pg from 'pg';
import { TENANT_SETTING } from '../../../src/platform/database/tenant-scoped-entity.js';

/** A statement as it was sent, with values that it was sent with. */
export interface Sent {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Plan {
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Plan[];
}

/**
 * The statements whose plan reaches more than one partition of a table, by name:
 * by the plan that is made once for all values, and by that for these.
 */
export async function plansAcrossPartitions(client: pg.Client, operatorId: string, sent: readonly Sent[]) {
  const wide: string[] = [];
  await client.query(`select set_config('${TENANT_SETTING}', $1, false)`, [operatorId]);
  for (const mode of ['force_generic_plan', 'force_custom_plan']) {
    await client.query(`set plan_cache_mode = ${mode}`);
    for (const { name, text, values } of sent) {
      await client.query(`prepare hot as ${text}`);
      const given = values.map((value) => literalOf(client, value)).join(', ');
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (format json) execute hot${given && `(${given})`}`,
      );
      await client.query('deallocate hot');
      const plan = rows[0]?.['QUERY PLAN'][0].Plan;
      if (plan && mostPartitions(plan) > 1) wide.push(`${name} (${mode})`);
    }
  }
  return wide;
}

const PARTITION = /_\d+$/;

/** Of the table of which the plan touches most. */
function mostPartitions(plan: Plan): number {
  // An update names its table besides the partition.
  const touched = new Set(relationsOf(plan).filter((name) => PARTITION.test(name)));
  const parts = Map.groupBy(touched, (name) => name.replace(PARTITION, ''));
  return Math.max(0, ...[...parts.values()].map(({ length }) => length));
}

function relationsOf(plan: Plan): readonly string[] {
  return [...(plan['Relation Name'] ? [plan['Relation Name']] : []), ...(plan.Plans ?? []).flatMap(relationsOf)];
}

function literalOf(client: pg.Client, value: unknown): string {
  return value === null || value === undefined ? 'null' : client.escapeLiteral(textOf(value));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(elementOf).join(',')}}`;
  return value instanceof Date ? value.toISOString() : String(value);
}

function elementOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return `"${textOf(value).replaceAll(/["\\]/g, '\\$&')}"`;
}
