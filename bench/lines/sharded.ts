import type pg from 'pg';
import {
  Again,
  assertCharged,
  counted,
  fillAgreements,
  makeShops,
  ownerOf,
  POSTGRES_FOR_BILLING,
  type Shop,
} from '../support/agreements.js';
import type { Child } from '../support/children.js';
import { databaseUrl } from '../support/database-url.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import { type Measured, measured, rates, textOf } from '../support/measured.js';
import { ROUNDS, scaled } from '../support/scale.js';
import { type Ground, startGround } from '../support/world.js';
import type { Work } from './billing/claimer.js';
import { partitionByOperator } from './sharded/partition.js';
import type { Planned } from './sharded/planner.js';

const OPERATORS = 16;
/** Of each operator, in batches of a hundred for each of two workers. */
const DUE = Math.max(200, scaled(600));
const ALL = 10 * DUE;
const ORDERS = scaled(2_000);
const CONCURRENCY = 8;
const VARIANTS = ['accept plain', 'accept sharded', 'billing plain', 'billing sharded'] as const;

interface Stage {
  readonly ground: Ground;
  readonly owner: pg.Client;
  readonly again: Again;
  readonly shops: readonly Shop[];
  readonly acceptor: Child<object>;
  readonly claimers: readonly Child<object>[];
}

/** Accepting orders and billing on the schema partitioned by the operator, beside the schema as it is. */
export async function sharded(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: { ...POSTGRES_FOR_BILLING, max_locks_per_transaction: '256' } });
  try {
    const maker = await ownerOf(databaseUrl(ground.ownerUrl, 'template1'));
    await maker.query('create database sharded template postgres');
    await maker.end();
    const there = at(ground, 'sharded');
    const owner = await ownerOf(there.ownerUrl);
    const tables = await partitionByOperator(owner);
    await owner.end();
    const plain = await stageAt(ground);
    const parted = await stageAt(there);
    const planned = await plannedAt(parted);
    const results = await rounds(VARIANTS, ROUNDS, (name) => {
      const stage = name.endsWith('plain') ? plain : parted;
      return name.startsWith('accept') ? accepted(stage) : billed(stage);
    });
    for (const stage of [plain, parted]) await stage.owner.end();
    return [
      row('accept', results['accept sharded'], results['accept plain']),
      row('billing, 2 workers', results['billing sharded'], results['billing plain']),
      {
        line: 'sharded',
        what: 'plans that reach several partitions',
        beside: '–',
        ratio: String(planned.wide.length),
        target: '0',
        met: planned.wide.length === 0,
        figures: `${planned.statements} statements, ${tables} tables ${planned.wide.join(', ')}`,
      },
    ];
  } finally {
    await ground.close();
  }
}

/** The same server and payment system, another database. */
function at(ground: Ground, database: string): Ground {
  const { appUrl, systemUrl } = ground.settings;
  return {
    ...ground,
    ownerUrl: databaseUrl(ground.ownerUrl, database),
    settings: {
      ...ground.settings,
      appUrl: databaseUrl(appUrl, database),
      systemUrl: databaseUrl(systemUrl, database),
    },
  };
}

async function stageAt(ground: Ground): Promise<Stage> {
  const owner = await ownerOf(ground.ownerUrl);
  const shops = await makeShops(ground, OPERATORS);
  for (const shop of shops) await fillAgreements(owner, shop, { all: ALL, due: DUE });
  const start = (file: string, settings: object = {}) =>
    ground.start<object>(new URL(file, import.meta.url), { ...ground.settings, ...settings });
  const acceptor = await start('./event-tax/acceptor.js', { merchants: shops });
  const claimers = await Promise.all([start('./billing/claimer.js'), start('./billing/claimer.js')]);
  const stage = { ground, owner, shops, acceptor, claimers };
  await acceptor.ask({ order: 'accept', events: true, orders: ORDERS, concurrency: CONCURRENCY });
  await claimedBy(stage);
  return { ...stage, again: await Again.remember(owner) };
}

async function plannedAt({ ground, shops: [shop], again }: Stage): Promise<Planned> {
  const file = new URL('./sharded/planner.js', import.meta.url);
  const planner = await ground.start<object>(file, { ...ground.settings, shop });
  const planned = await planner.ask<Planned>({});
  planner.kill();
  await again.restore();
  return planned;
}

async function accepted(stage: Stage): Promise<Measured> {
  const order = { order: 'accept', events: true, orders: ORDERS, concurrency: CONCURRENCY };
  const before = await counted(stage.owner);
  const run = await measured(stage.ground, [stage.acceptor], () => order);
  const after = await counted(stage.owner);
  if (after.orders - before.orders !== ORDERS) throw new Error('not every order was accepted once');
  return run;
}

async function billed(stage: Stage): Promise<Measured> {
  const before = await counted(stage.owner);
  const run = await claimedBy(stage);
  await assertCharged(stage.owner, before, OPERATORS * DUE);
  await stage.again.restore();
  return run;
}

function claimedBy(stage: Pick<Stage, 'ground' | 'claimers' | 'shops'>): Promise<Measured> {
  const operatorIds = stage.shops.map(({ operatorId }) => operatorId);
  const work: Work = { order: 'batches', operatorIds, times: (OPERATORS * DUE) / 100 / stage.claimers.length };
  return measured(stage.ground, stage.claimers, () => work);
}

function row(what: string, parted: readonly Measured[], plain: readonly Measured[]): Row {
  const ratios = ratiosOf(rates(parted), rates(plain));
  return {
    line: 'sharded',
    what,
    beside: 'the plain schema',
    ratio: spread(ratios),
    target: '≥ 0.6',
    met: median(ratios) >= 0.6,
    figures: `${textOf(parted)} / ${textOf(plain)}`,
  };
}
