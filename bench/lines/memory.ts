import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import {
  Again,
  assertCharged,
  counted,
  fillAgreements,
  makeShops,
  ownerOf,
  POSTGRES_FOR_BILLING,
  putOff,
  untilSettled,
} from '../support/agreements.js';
import type { Row } from '../support/figures.js';
import type { Memory } from '../support/memory-watch.js';
import type { WorkerState } from '../support/product-worker.js';
import { scaled } from '../support/scale.js';
import { type Ground, startGround } from '../support/world.js';
import type { Work } from './billing/claimer.js';

const DUE = scaled(100_000);
const FEW = scaled(10_000);
/** With its payments the whole backlog would take minutes; the worker holds no more of it at the end than now. */
const CARRIED_OUT_FOR_MS = 30_000;
const GROWS_MAX_MB = 50;

interface Grown {
  readonly before: Memory;
  readonly during: Memory;
  readonly after: Memory;
}

/** The memory of a worker with much to charge, beside itself with little: it holds a hundred at a time. */
export async function memory(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING });
  try {
    const owner = await ownerOf(ground.ownerUrl);
    const [shop] = await makeShops(ground, 1);
    if (!shop) throw new Error('no operator was made');
    await fillAgreements(owner, shop, { all: 5 * DUE, due: DUE });
    const again = await Again.remember(owner);
    const few = await claimed(ground, owner, shop.operatorId, FEW);
    await again.restore();
    const many = await claimed(ground, owner, shop.operatorId, DUE);
    await again.restore();
    const whole = await carriedOut(ground, owner, shop.operatorId);
    await owner.end();
    return [
      row(`claims of ${FEW}`, few, null),
      row(`claims of ${DUE}`, many, many.during.peakMb - few.during.peakMb),
      row(`${whole.charged} charges carried out, ${DUE} due`, whole, null),
    ];
  } finally {
    await ground.close();
  }
}

async function claimed(ground: Ground, owner: pg.Client, operatorId: string, charges: number): Promise<Grown> {
  const claimer = await ground.start<object>(new URL('./billing/claimer.js', import.meta.url), ground.settings);
  const work: Work = { order: 'batches', operatorIds: [operatorId], times: charges / 100 };
  const rows = await counted(owner);
  const ask = () => claimer.ask<Memory>({ order: 'memory' });
  const before = await ask();
  await claimer.ask(work);
  const during = await ask();
  await pause(2_000);
  const after = await ask();
  await assertCharged(owner, rows, charges);
  claimer.kill();
  return { before, during, after };
}

async function carriedOut(ground: Ground, owner: pg.Client, operatorId: string): Promise<Grown & { charged: number }> {
  const worker = await ground.start<object>(new URL('../support/product-worker.js', import.meta.url), ground.settings);
  const rows = await counted(owner);
  const ask = () => worker.ask<WorkerState>({ order: 'state' });
  const before = (await ask()).memory;
  await worker.ask({ order: 'bill' });
  await pause(Math.min(CARRIED_OUT_FOR_MS, DUE));
  await putOff(owner, operatorId);
  await untilSettled(owner);
  const during = await ask();
  await pause(2_000);
  const after = (await ask()).memory;
  const charged = during.departures.length;
  await assertCharged(owner, rows, charged, 4);
  return { before, during: during.memory, after, charged };
}

function row(what: string, { before, during, after }: Grown, grownMb: number | null): Row {
  const mb = (value: number) => value.toFixed(0);
  return {
    line: 'memory',
    what,
    beside: grownMb === null ? '–' : `claims of ${FEW}`,
    ratio: grownMb === null ? '–' : `${grownMb < 0 ? '−' : '+'}${mb(Math.abs(grownMb))} MB`,
    target: grownMb === null ? '–' : `+ ≤ ${GROWS_MAX_MB} MB`,
    met: grownMb === null ? null : grownMb <= GROWS_MAX_MB,
    figures: `RSS before ${mb(before.nowMb)}, peak ${mb(during.peakMb)}, after ${mb(after.nowMb)} MB`,
  };
}
