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
import { databaseUrl } from '../support/database-url.js';
import { median, type Row, ratiosOf, rounds, spread } from '../support/figures.js';
import type { Worked } from '../support/measured.js';
import { ROUNDS, scaled } from '../support/scale.js';
import { type Ground, startGround } from '../support/world.js';
import type { Work } from './billing/claimer.js';

const FEW = 1_000;
const MANY = scaled(1_000_000);
/** In both. */
const DUE = 500;
const LOOKS = 200;
/** A run charges all that are due so many times. */
const REPEATED = 6;
const VARIANTS = ['few', 'many'] as const;

interface Cost {
  readonly lookMs: number;
  readonly batchMs: number;
  readonly cpuMicros: number;
}

interface Stage {
  readonly ground: Ground;
  readonly owner: pg.Client;
  readonly again: Again;
  readonly claimer: Child<object>;
  readonly operatorId: string;
}

/** What a batch of the billing run costs where there are a thousand agreements, and where there are a million; as many are due. */
export async function growth(): Promise<readonly Row[]> {
  const ground = await startGround({ postgres: POSTGRES_FOR_BILLING });
  try {
    const stages = await stagesOf(ground);
    const results = await rounds(VARIANTS, ROUNDS, (name) => costAt(stages[name]));
    for (const { owner } of Object.values(stages)) await owner.end();
    const row = (what: string, pick: (cost: Cost) => number, unit: string): Row => {
      const [few, many] = [results.few.map(pick), results.many.map(pick)];
      const ratios = ratiosOf(many, few);
      return {
        line: 'growth',
        what,
        beside: `${FEW} agreements, not ${MANY}`,
        ratio: spread(ratios),
        target: '≤ 1.2',
        met: median(ratios) <= 1.2,
        figures: `${median(many).toFixed(2)} ${unit} / ${median(few).toFixed(2)} ${unit}`,
      };
    };
    return [
      row('claim of a hundred', ({ lookMs }) => lookMs, 'ms'),
      row('claim → commit of a hundred', ({ batchMs }) => batchMs, 'ms'),
      row('claim → commit, CPU', ({ cpuMicros }) => cpuMicros, 'µs an order'),
    ];
  } finally {
    await ground.close();
  }
}

/** Two databases of one server: the same product, the same operator. */
async function stagesOf(ground: Ground): Promise<Record<(typeof VARIANTS)[number], Stage>> {
  const [shop] = await makeShops(ground, 1);
  if (!shop) throw new Error('no operator was made');
  const maker = await ownerOf(databaseUrl(ground.ownerUrl, 'template1'));
  await maker.query('create database few template postgres');
  await maker.end();
  const stageAt = async (database: string, all: number): Promise<Stage> => {
    const url = (of: string) => databaseUrl(of, database);
    const owner = await ownerOf(url(ground.ownerUrl));
    await fillAgreements(owner, shop, { all, due: DUE });
    const file = new URL('./billing/claimer.js', import.meta.url);
    const claimer = await ground.start<object>(file, { appUrl: url(ground.settings.appUrl) });
    const work: Work = { order: 'batches', operatorIds: [shop.operatorId], times: DUE / 100 };
    await claimer.ask(work);
    return { ground, owner, again: await Again.remember(owner), claimer, operatorId: shop.operatorId };
  };
  return { few: await stageAt('few', FEW), many: await stageAt('postgres', MANY) };
}

async function costAt({ ground, owner, again, claimer, operatorId }: Stage): Promise<Cost> {
  const operatorIds = [operatorId];
  const looks: Work = { order: 'claim-alone', operatorIds, times: LOOKS };
  const look = await claimer.ask<Worked>(looks);
  if (look.made !== 100 * LOOKS) throw new Error(`${look.made} agreements were found by ${LOOKS} claims`);
  const batches: Work = { order: 'batches', operatorIds, times: DUE / 100 };
  let [seconds, cpu] = [0, 0];
  for (let time = 0; time < REPEATED; time += 1) {
    const before = await counted(owner);
    const postgresBefore = ground.postgresCpu();
    const worked = await claimer.ask<Worked>(batches);
    cpu += ground.postgresCpu() - postgresBefore + worked.cpuMicros;
    seconds += worked.seconds;
    await assertCharged(owner, before, DUE);
    await again.restore();
  }
  return {
    lookMs: (look.seconds * 1000) / LOOKS,
    batchMs: (seconds * 1000 * 100) / (DUE * REPEATED),
    cpuMicros: cpu / (DUE * REPEATED),
  };
}
