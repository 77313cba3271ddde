import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { operatorOfMerchant } from '../../../src/features/checkout/checkout-sql.js';
import { KnownKeys } from '../../../src/features/tenancy/index.js';
import { listedSecrets, sealedSecrets } from '../../../src/features/tenancy/signing-secrets-sql.js';
import {
  BEYOND_ALL_IDS,
  readApiKeysBefore,
  readMerchants,
  readMerchantsBefore,
} from '../../../src/features/tenancy/tenancy-sql.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { Row, Sql, Statement } from '../../../src/platform/database/sql.js';
import { asOwner } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const NOW = new Date();
const OPERATORS = 50;
const ROWS_OF_EACH = 600;

let world: World;
let operatorId: string;
beforeAll(async () => {
  world = await startWorld();
  [{ operator_id: operatorId } = { operator_id: '' }] = await asOwner<{ operator_id: string }>(world, SEED, [
    OPERATORS,
    ROWS_OF_EACH,
  ]);
  await asOwner(world, 'analyze merchants');
  await asOwner(world, 'analyze api_keys');
  await asOwner(world, 'analyze merchant_signing_secrets');
});
afterAll(() => world.close());

const SEED = `
  with o as (select gen_random_uuid() as id from generate_series(1, $1::int)),
  made as (insert into operators (id, name, time_zone, data_key, created_at) select id, 'x', 'UTC', '', now() from o returning id),
  shops as (
    insert into merchants (operator_id, id, name, allowed_sources, retry_policy_days, time_zone, created_at, updated_at)
    select o.id, gen_random_uuid(), 'x', '{}', '{}', 'UTC', now(), now() from o, generate_series(1, $2::int)
    returning operator_id, id),
  secrets as (
    insert into merchant_signing_secrets (operator_id, id, merchant_id, mode, secret_encrypted, hint, created_at)
    select operator_id, gen_random_uuid(), id, mode, '', '', now() from shops, unnest(array['TEST', 'LIVE']) as mode),
  keys as (
    insert into api_keys (operator_id, id, kind, mode, name, scopes, hash, hint, created_at)
    select o.id, gen_random_uuid(), 'OPERATOR', 'TEST', 'x', '{}', encode(sha256(gen_random_uuid()::text::bytea), 'hex'), '', now()
    from o, generate_series(1, $2::int) returning operator_id)
  select operator_id from keys limit 1`;

describe('with many rows of many operators', () => {
  it('a key is found by its hash, and by its name, in an index', async () => {
    const keys = new KnownKeys(explaining(world.systemUrl), systemClock);
    expect(await planOf(keys.byHash('00'))).toEqual(['api_keys_hash']);
    expect(await planOf(keys.byName({ operatorId, id: newUuid() }))).toEqual(['api_keys_pkey']);
  });

  it('the operator of a form’s merchant is found in an index', async () => {
    expect(await planOf(operatorOfMerchant(explaining(world.systemUrl), newUuid()))).toEqual(['merchants_by_id']);
  });

  it('merchants are found by their ids, and a page of them needs no sorting', async () => {
    const app = explaining(world.appUrl);
    expect(await planOf(readMerchants(app, operatorId, [newUuid(), newUuid()]))).toEqual(['merchants_pkey']);
    expect(await planOf(readMerchantsBefore(app, operatorId, BEYOND_ALL_IDS))).toEqual(['merchants_pkey']);
    expect(await planOf(readApiKeysBefore(app, operatorId, BEYOND_ALL_IDS))).toEqual(['api_keys_pkey']);
  });
});

describe('with the signing secrets of many merchants', () => {
  it('those of one are found in an index, and sorting is of those few', async () => {
    const transaction = { ...explaining(world.appUrl), operatorId, now: NOW, realNow: NOW, send() {}, publish() {} };
    const party = { merchantId: newUuid(), mode: 'TEST' } as const;
    const indexes = ['merchant_signing_secrets_of_merchant', 'merchant_signing_secrets_current'];
    for (const plan of [
      await planOf(sealedSecrets(transaction, [party])),
      await planOf(listedSecrets(transaction, operatorId, { merchantIds: [party.merchantId], mode: 'TEST', now: NOW })),
    ]) {
      expect(plan).not.toContain('Seq Scan');
      expect(plan.some((each) => indexes.includes(each))).toBe(true);
    }
  });
});

/** What the statement under way was planned as; `explaining` throws it instead of answering. */
class Plan extends Error {
  constructor(readonly nodes: readonly PlanNode[]) {
    super('planned');
  }
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly PlanNode[];
}

/** The indexes that the plan uses; a whole table read, or a sort, stands there by its own name. `operators` is small. */
async function planOf(work: Promise<unknown>): Promise<string[]> {
  const plan = await work.then(
    () => new Plan([]),
    (error: unknown) => error as Plan,
  );
  if (!(plan instanceof Plan)) throw plan;
  return plan.nodes
    .filter((node) => node['Relation Name'] !== 'operators')
    .flatMap((node) => node['Index Name'] ?? (/Seq Scan|Sort/.test(node['Node Type']) ? node['Node Type'] : []));
}

/** Plans as for any parameters, which is what a prepared statement comes to after a few executions. */
function explaining(url: string): Sql {
  return {
    query: async <Result extends Row>({ text }: Statement, parameters: readonly unknown[] = []): Promise<Result[]> => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query("set plan_cache_mode = 'force_generic_plan'");
        await client.query("select set_config('quittance.operator_id', $1, false)", [operatorId]);
        await client.query(`prepare planned as ${text}`);
        const nulls = parameters.map(() => 'null').join(', ');
        const { rows } = await client.query(`explain (format json) execute planned (${nulls})`);
        throw new Plan(flat(rows[0]['QUERY PLAN'][0].Plan as PlanNode));
      } finally {
        await client.end();
      }
    },
  };
}

function flat(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flat)];
}
