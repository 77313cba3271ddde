import pg from 'pg';
import { newUuid } from '../../../src/kernel/ids.js';
import { TRANSACTION_SOURCES } from '../../../src/kernel/transaction-source.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { TEST_PASSWORDS } from '../../../test/support/test-passwords.js';
import { RETRY_DAYS } from './agreement-model.js';
import { BEGIN, type Ids, Shop } from './shop.js';

/** So many are made at once. */
const BATCH = 250;

/** Makes shops, each under an operator of its own, so that none disturbs another though all are in one database. */
export class ShopFactory {
  readonly #owner: pg.Pool;
  readonly #pool: pg.Pool;
  #ready: Promise<Ids[]> = Promise.resolve([]);

  constructor(databaseUrl: string, connections: number) {
    this.#owner = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    this.#pool = pipelinedPool(urlFor(databaseUrl, 'quittance_app', TEST_PASSWORDS.app), connections);
  }

  async next(): Promise<Shop> {
    for (;;) {
      const ready = await this.#ready;
      const ids = ready.pop();
      if (ids) return new Shop(ids, this.#pool);
      // Whoever comes second waits for the same ones.
      if (ready === (await this.#ready)) this.#ready = this.#make();
    }
  }

  /** What of all ledgers does not add up to nothing. */
  async unbalanced(): Promise<readonly string[]> {
    const { rows } = await this.#owner.query<{ what: string }>(
      `select operator_id || ' ' || currency || ' ' || sum(amount_minor) as what from ledger_entries
       group by operator_id, currency having sum(amount_minor) <> 0`,
    );
    return rows.map(({ what }) => `the ledger of operator ${what}`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#owner.end(), this.#pool.end()]);
  }

  async #make(): Promise<Ids[]> {
    const all = Array.from({ length: BATCH }, () => ({
      operatorId: newUuid(),
      merchantId: newUuid(),
      accountId: newUuid(),
    }));
    const ids = [
      all.map(({ operatorId }) => operatorId),
      all.map(({ merchantId }) => merchantId),
      all.map(({ accountId }) => accountId),
    ];
    const from = 'from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as r (operator, merchant, account)';
    const at = new Date(BEGIN);
    await this.#owner.query(
      `with r as (select * ${from}),
       operators as (
         insert into operators (id, name, status, data_key, time_zone, created_at)
         select operator, 'x', 'ACTIVE', '', 'UTC', $4 from r),
       merchants as (
         insert into merchants (operator_id, id, name, time_zone, allowed_sources, retry_policy_days, created_at, updated_at)
         select operator, merchant, 'x', 'UTC', $5::text[], $6::int[], $4, $4 from r)
       insert into payment_system_accounts (operator_id, id, kind, mode, status, polled, verified_at, publishable_key,
         secret_key_encrypted, secret_key_hint, external_account_id, created_at)
       select operator, account, 'STRIPE', 'TEST', 'ACTIVE', false, $4, '', '', '', operator::text, $4 from r`,
      [...ids, at, [...TRANSACTION_SOURCES], RETRY_DAYS],
    );
    return all;
  }
}
