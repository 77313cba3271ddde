import 'reflect-metadata';
import { CLAIM_DUE_AGREEMENTS } from '../../../src/features/agreements/agreements-sql.js';
import { claimBatch } from '../../../src/features/agreements/billing-batch.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { publishStatement } from '../../../src/platform/database/publish.js';
import { run, type Statement } from '../../../src/platform/database/sql.js';
import { TENANT_SETTING } from '../../../src/platform/database/tenant-scoped-entity.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import type { DomainEvent } from '../../../src/platform/events/domain-event.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { Worked } from '../../support/measured.js';

/**
 * The anchor. Before the run our own code says what it would write for every
 * agreement that is due, and nothing is written; in the run the same statements
 * are sent in the same transactions with those values, and nothing of ours runs.
 */
const { appUrl, ownerUrl } = settings<{ appUrl: string; ownerUrl: string }>();
const pool = pipelinedPool(appUrl, 1);

/** The claim's parameters after the operator and the time; the statements after it, with the parameters that are the same for all. */
let claimValues: readonly unknown[] = [];
let statements: readonly (readonly [Statement, readonly unknown[]])[] = [];
/** What one agreement adds to each parameter of each statement that is an array. */
const rows = new Map<string, readonly (readonly (readonly unknown[] | null)[])[]>();

export type Order =
  | { readonly order: 'prepare'; readonly operatorIds: readonly string[]; readonly count: number }
  | { readonly order: 'batches'; readonly operatorIds: readonly string[]; readonly times: number };

serve<Order>({}, async (order) => {
  if (order.order === 'prepare') {
    rows.clear();
    for (const operatorId of order.operatorIds) await prepare(operatorId, order.count);
    return {};
  }
  const [began, cpu] = [performance.now(), cpuMicros()];
  let charged = 0;
  for (let batch = 0; batch < order.times; batch += 1)
    charged += await oneBatch(order.operatorIds[batch % order.operatorIds.length] ?? '');
  const seconds = (performance.now() - began) / 1000;
  return { made: charged, seconds, cpuMicros: cpuMicros() - cpu } satisfies Worked;
});

type Due = { id: string };

async function prepare(operatorId: string, count: number): Promise<void> {
  await claimBatch(
    transactionOf(operatorId, new Date(), async (_, values) => {
      claimValues = values;
      return [];
    }),
  );
  const owner = pipelinedPool(ownerUrl, 1);
  const text = CLAIM_DUE_AGREEMENTS.text.replace(/limit 100 .*$/, `limit ${count}`);
  const due = await run<Due>(owner, { name: `all_due_${count}`, text }, [operatorId, ...claimValues.slice(1)]);
  await owner.end();
  for (let at = 0; at < due.length; at += 100) await rehearse(operatorId, due.slice(at, at + 100));
}

/** Writes nothing, and reads what it is given. */
function transactionOf(
  operatorId: string,
  now: Date,
  query: (statement: Statement, values: readonly unknown[]) => Promise<readonly Due[]>,
  rest: Partial<Transaction> = {},
): Transaction {
  return { operatorId, now, realNow: now, query, ...rest } as unknown as Transaction;
}

async function rehearse(operatorId: string, batch: readonly Due[]): Promise<void> {
  const sent: [Statement, readonly unknown[]][] = [];
  const events: DomainEvent[] = [];
  const now = new Date();
  const transaction = transactionOf(operatorId, now, async () => batch, {
    send: (statement, parameters = []) => void sent.push([statement, parameters]),
    publish: (event) => void events.push(event),
  });
  const { files } = await claimBatch(transaction);
  if (files.length !== batch.length) throw new Error('not every agreement that is due is charged');
  const { parameters, ...publish } = publishStatement(operatorId, now, events);
  sent.push([publish, parameters]);
  statements = sent;
  batch.forEach(({ id }, index) => {
    rows.set(
      id,
      sent.map(([, all]) => all.map((parameter) => shareOf(parameter, index, batch.length))),
    );
  });
}

/** Of an array of all the batch's values; two events of each agreement follow one another. */
function shareOf(parameter: unknown, index: number, of: number): readonly unknown[] | null {
  if (!Array.isArray(parameter)) return null;
  const each = parameter.length / of;
  return parameter.slice(index * each, (index + 1) * each);
}

async function oneBatch(operatorId: string): Promise<number> {
  const client = await pool.connect();
  const begun = [
    client.query({ name: 'begin', text: 'begin' }),
    client.query({ name: 'scope', text: `select set_config('${TENANT_SETTING}', $1, true)`, values: [operatorId] }),
  ];
  const claimed = await client.query<Due>({
    ...CLAIM_DUE_AGREEMENTS,
    values: [operatorId, new Date(), ...claimValues.slice(2)],
  });
  const shares = claimed.rows.map(({ id }) => rows.get(id) ?? []);
  const sent = statements.map(([statement, all], at) => {
    const values = all.map((parameter, position) =>
      Array.isArray(parameter) ? shares.flatMap((share) => share[at]?.[position] ?? []) : parameter,
    );
    return client.query({ ...statement, values: values.with(0, operatorId) });
  });
  await Promise.all([...begun, ...sent, client.query({ name: 'commit', text: 'commit' })]);
  client.release();
  return claimed.rows.length;
}
