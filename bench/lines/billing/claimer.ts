import 'reflect-metadata';
import { attendAgreement } from '../../../src/features/agreements/attend-agreement.js';
import { claimBatch } from '../../../src/features/agreements/billing-batch.js';
import { onOrderStatusChanged } from '../../../src/features/agreements/index.js';
import { ORDER_STATUS_CHANGED } from '../../../src/features/orders/index.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import type { Statement } from '../../../src/platform/database/sql.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Reactions } from '../../../src/platform/events/reactions.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { Worked } from '../../support/measured.js';
import { type Memory, watchMemory } from '../../support/memory-watch.js';

/** The billing run up to the commit of its orders, in a process of its own: nothing is sent anywhere. */
const { appUrl } = settings<{ appUrl: string }>();
const pool = pipelinedPool(appUrl, 4);
const reactions = new Reactions().on(ORDER_STATUS_CHANGED, onOrderStatusChanged);
const units = new UnitsOfWork(null as never, pool, systemClock, reactions);

export interface Work {
  /** Batches of a hundred; charges one at a time; or only the look for what is due, undone. */
  readonly order: 'batches' | 'one-by-one' | 'claim-alone';
  readonly operatorIds: readonly string[];
  readonly times: number;
  readonly agreementIds?: readonly string[];
}

/** From the first question on: looking costs time. */
let memory: (() => Memory) | null = null;

serve<Work | { readonly order: 'memory' }>({}, async (work) => {
  if (work.order === 'memory') {
    memory ??= watchMemory();
    return memory();
  }
  const [began, cpu] = [performance.now(), cpuMicros()];
  const charged = await WAYS[work.order](work);
  const seconds = (performance.now() - began) / 1000;
  return { made: charged, seconds, cpuMicros: cpuMicros() - cpu } satisfies Worked;
});

const WAYS: Readonly<Record<Work['order'], (work: Work) => Promise<number>>> = {
  batches: async ({ operatorIds, times }) => {
    let charged = 0;
    for (let batch = 0; batch < times; batch += 1) {
      const { files } = await units.sql(operatorIds[batch % operatorIds.length] ?? '', (tx) => claimBatch(tx));
      charged += files.length;
    }
    return charged;
  },
  'one-by-one': async ({ operatorIds: [operatorId = ''], agreementIds = [] }) => {
    for (const id of agreementIds) {
      const file = await attendAgreement({ units }, operatorId, id);
      if (!file) throw new Error(`${id} was not charged`);
    }
    return agreementIds.length;
  },
  'claim-alone': async ({ operatorIds: [operatorId = ''], times }) => {
    let found = 0;
    for (let time = 0; time < times; time += 1) {
      await units
        .sql(operatorId, async (transaction) => {
          found += await claimed(transaction);
          throw UNDONE;
        })
        .catch((error: unknown) => {
          if (error !== UNDONE) throw error;
        });
    }
    return found;
  },
};

const UNDONE = new Error('undone');

/** What the claim alone finds: whatever our code would do with it is left out. */
async function claimed(transaction: Transaction): Promise<number> {
  let found = 0;
  await claimBatch({
    operatorId: transaction.operatorId,
    now: transaction.now,
    realNow: transaction.realNow,
    query: async (statement: Statement, parameters: readonly unknown[]) => {
      found += (await transaction.query(statement, parameters)).length;
      return [];
    },
  } as unknown as Transaction);
  return found;
}
