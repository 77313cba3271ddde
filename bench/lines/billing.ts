import type pg from 'pg';
import {
  Again,
  assertCharged,
  counted,
  fillAgreements,
  makeShops,
  ownerOf,
  POSTGRES_FOR_BILLING,
} from '../support/agreements.js';
import type { Child } from '../support/children.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { type Measured, measured, rates, textOf } from '../support/measured.js';
import { ROUNDS, scaled } from '../support/scale.js';
import { type Ground, startGround } from '../support/world.js';
import type { Work } from './billing/claimer.js';

const ALL = scaled(500_000);
const DUE = scaled(100_000);
/** So many of those that are due are charged in a run. */
const OF_RUN = scaled(20_000);
/** Dead rows are passed over again and again: more of them than a run has. */
const OF_LONG_RUN = scaled(50_000);
const ONE_BY_ONE = scaled(600);
const JOBS = scaled(1_000);

const VARIANTS = ['ours 1', 'bare 1', 'ours 2', 'bare 2', 'one by one', 'agenda'] as const;
const BESIDE_LONG = ['usual', 'beside a long transaction'] as const;

interface Stage {
  readonly ground: Ground;
  readonly owner: pg.Client;
  readonly operatorId: string;
  readonly claimers: readonly Child<object>[];
  readonly bare: readonly Child<object>[];
  readonly agenda: readonly Child<object>[];
  readonly again: Again;
}

/**
 * From the claim of what is due to the commit of its orders, in batches of a
 * hundred, beside the same statements sent by a bare loop, one order at a time,
 * and a job queue whose jobs are empty. Every commit is on the disk.
 */
export async function billing(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING });
  try {
    const stage = await stageOn(ground);
    const results = await rounds(VARIANTS, ROUNDS, (name) => restored(stage, runOf(stage, name)));
    await stage.owner.end();
    return [
      row('1 worker', 'the same statements', results['ours 1'], results['bare 1'], 0.9),
      row('2 workers', 'the same statements', results['ours 2'], results['bare 2'], 0.9),
      row('2 workers', 'one order at a time', results['ours 2'], results['one by one'], 12),
      row('2 workers', 'empty jobs of Agenda', results['ours 2'], results.agenda, 40),
    ];
  } finally {
    await ground.close();
  }
}

/** The same beside a transaction that has been open for long: no row that was changed since it began may go. */
export async function billingLong(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING });
  try {
    const stage = await stageOn(ground);
    const results = await rounds(BESIDE_LONG, ROUNDS, (name) =>
      restored(stage, name === 'usual' ? batches(stage, stage.claimers, OF_LONG_RUN) : besideLong(stage)),
    );
    await stage.owner.end();
    return [
      row('2 workers, a long transaction open', 'without it', results['beside a long transaction'], results.usual, 0.9),
    ];
  } finally {
    await ground.close();
  }
}

async function stageOn(ground: Ground): Promise<Stage> {
  const owner = await ownerOf(ground.ownerUrl);
  const [shop] = await makeShops(ground, 1);
  if (!shop) throw new Error('no operator was made');
  await fillAgreements(owner, shop, { all: ALL, due: DUE });
  const twice = (file: string) =>
    Promise.all([0, 1].map(() => ground.start<object>(new URL(file, import.meta.url), urlsOf(ground))));
  const stage = {
    ground,
    owner,
    operatorId: shop.operatorId,
    claimers: await twice('./billing/claimer.js'),
    bare: await twice('./billing/bare.js'),
    agenda: await twice('./billing/agenda.js'),
  };
  await batches(stage, stage.claimers, OF_RUN);
  return { ...stage, again: await Again.remember(owner) };
}

async function restored(stage: Stage, run: Promise<Measured>): Promise<Measured> {
  const measured = await run;
  await stage.again.restore();
  return measured;
}

function urlsOf({ settings, ownerUrl }: Ground): object {
  return { ...settings, ownerUrl };
}

function runOf(stage: Stage, name: (typeof VARIANTS)[number]): Promise<Measured> {
  const { claimers, bare } = stage;
  switch (name) {
    case 'ours 1':
      return batches(stage, claimers.slice(1), OF_RUN);
    case 'ours 2':
      return batches(stage, claimers, OF_RUN);
    case 'bare 1':
      return bareBatches(stage, bare.slice(1));
    case 'bare 2':
      return bareBatches(stage, bare);
    case 'one by one':
      return oneByOne(stage);
    default:
      return emptyJobs(stage);
  }
}

async function batches(
  stage: Pick<Stage, 'ground' | 'owner' | 'operatorId'>,
  children: readonly Child<object>[],
  charges: number,
): Promise<Measured> {
  const before = await counted(stage.owner);
  const times = charges / 100 / children.length;
  const run = await measured(stage.ground, children, () => ({
    order: 'batches',
    operatorIds: [stage.operatorId],
    times,
  }));
  await assertCharged(stage.owner, before, charges);
  return run;
}

async function bareBatches(stage: Stage, children: readonly Child<object>[]): Promise<Measured> {
  // Two that claim at once may reach a little further than those who are due first.
  const order = { order: 'prepare', operatorIds: [stage.operatorId], count: OF_RUN + 1_000 };
  await Promise.all(children.map((child) => child.ask(order)));
  return batches(stage, children, OF_RUN);
}

async function emptyJobs({ ground, agenda }: Stage): Promise<Measured> {
  const jobs = JOBS / agenda.length;
  await Promise.all(agenda.map((child) => child.ask({ order: 'make', jobs })));
  return measured(ground, agenda, () => ({ order: 'run', jobs }));
}

async function oneByOne(stage: Stage): Promise<Measured> {
  const { owner, operatorId, claimers } = stage;
  const before = await counted(owner);
  const { rows } = await owner.query<{ id: string }>(
    'select id from agreements where operator_id = $1 and due_at <= now() order by due_at limit $2',
    [operatorId, ONE_BY_ONE],
  );
  const work = (index: number): Work => ({
    order: 'one-by-one',
    operatorIds: [operatorId],
    times: 1,
    agreementIds: rows.filter((_, at) => at % claimers.length === index).map(({ id }) => id),
  });
  const run = await measured(stage.ground, claimers, work);
  await assertCharged(owner, before, ONE_BY_ONE);
  return run;
}

/** A report, a backup, somebody's forgotten session: no dead row may go while its snapshot lives. */
async function besideLong(stage: Stage): Promise<Measured> {
  const holder = await ownerOf(stage.ground.ownerUrl);
  await holder.query('begin isolation level repeatable read; select 1');
  const run = await batches(stage, stage.claimers, OF_LONG_RUN);
  await holder.query('commit');
  await holder.end();
  return run;
}

function row(
  what: string,
  beside: string,
  ours: readonly Measured[],
  others: readonly Measured[],
  atLeast: number,
): Row {
  const ratios = ratiosOf(rates(ours), rates(others));
  return {
    line: 'billing',
    what,
    beside,
    ratio: spread(ratios),
    target: `≥ ${atLeast}`,
    met: median(ratios) >= atLeast,
    figures: `${textOf(ours)} / ${textOf(others)}`,
  };
}
