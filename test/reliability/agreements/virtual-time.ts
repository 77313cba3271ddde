import { chance } from '../orders/disorder.js';
import { aPlan, isOver, type Plan, periodsOf } from './virtual-agreements.js';
import { type Agreed, type ChargeFound, VirtualWorld, type Worker } from './virtual-world.js';

export interface VirtualRun {
  readonly databaseUrl: string;
  /** How many are made up, or these very ones. */
  readonly agreements: number | readonly Plan[];
  readonly days: number;
  readonly operators: number;
  readonly seed: number;
  /** How often a worker looks; now and then when absent. */
  readonly everyHours?: number;
}

/** What a simulated year came to: everything but the counts has to be empty. */
export interface Findings {
  readonly agreements: number;
  readonly periods: number;
  /** In so many time zones. */
  readonly zones: number;
  readonly runs: number;
  readonly missed: readonly string[];
  readonly doubled: readonly string[];
  /** Another date or amount than was told before, or another status in the end. */
  readonly wrong: readonly string[];
  readonly failures: readonly string[];
  /** When each agreement was charged, in the agreements' order. */
  readonly charged: readonly (readonly string[])[];
}

/** Clocks are changed in autumn and in spring on both halves of the earth, and there is a 29 February in it. */
const BEGIN = new Date('2027-08-15T00:07:00Z');
const FIRST_DAY = '2027-08-16';
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** What waits for a minute gets it in the end; no period begins in these minutes. */
const AFTERWARDS_MS = 5 * 60 * 1000;

/**
 * Lets time pass with two billing workers, and compares what was charged: the
 * clock of one jumps by up to two hours, that of the other is always two hours
 * wrong, now ahead and now behind.
 */
export async function liveThrough(wanted: VirtualRun): Promise<Findings> {
  const random = chance(wanted.seed);
  const until = new Date(BEGIN.getTime() + wanted.days * DAY_MS);
  const world = new VirtualWorld(wanted.databaseUrl, BEGIN, new Date(until.getTime() + AFTERWARDS_MS));
  try {
    await world.open(wanted.operators);
    const workers = [world.worker(), world.worker()];
    const known = await agree(world, wanted, until, random);
    const runs = await passTime(world, workers, until, { random, everyHours: wanted.everyHours });
    return { ...(await compare(world, known, until)), runs };
  } finally {
    await world.close();
  }
}

async function agree(world: VirtualWorld, { agreements, days }: VirtualRun, until: Date, random: () => number) {
  const plans =
    typeof agreements === 'number'
      ? Array.from({ length: agreements }, () => aPlan(FIRST_DAY, days, random))
      : agreements;
  return new Map((await world.insert(plans, until)).map((each) => [each.id, each]));
}

async function passTime(
  world: VirtualWorld,
  workers: readonly Worker[],
  until: Date,
  { random, everyHours }: { readonly random: () => number; readonly everyHours: number | undefined },
): Promise<number> {
  let runs = 0;
  const bill = async (which: readonly Worker[]) => {
    runs += which.length;
    return (await Promise.all(which.map((worker) => worker.bill()))).some((begun) => begun > 0);
  };
  for (let steps = 0; world.now < until; steps += 1) {
    if (steps % 60 === 10) await world.analyze();
    // Now and then nobody works for days, and several periods of an agreement are due at once.
    const hours = everyHours ?? (random() < 0.01 ? 24 + random() * 96 : 4 + random() * 32);
    world.now = new Date(Math.min(until.getTime(), world.now.getTime() + hours * HOUR_MS));
    for (const [index, worker] of workers.entries()) {
      if (random() < 0.3) worker.aheadMs = (index === 0 ? random() * 4 - 2 : random() < 0.5 ? 2 : -2) * HOUR_MS;
    }
    const both = random() < 0.4;
    await bill(both ? workers : workers.slice(random() < 0.5 ? 0 : 1).slice(0, 1));
  }
  for (const worker of workers) worker.aheadMs = 0;
  for (let step = 0; step < AFTERWARDS_MS / 60_000; step += 1) {
    while (await bill(workers));
    world.now = new Date(world.now.getTime() + 60_000);
  }
  return runs;
}

async function compare(
  world: VirtualWorld,
  known: ReadonlyMap<string, Agreed>,
  until: Date,
): Promise<Omit<Findings, 'runs'>> {
  const [charges, statuses] = [await world.charges(), await world.statuses()];
  const charged = Map.groupBy(charges, ({ agreementId }) => agreementId);
  const [missed, doubled, wrong]: string[][] = [[], [], []];
  let periods = 0;
  for (const [id, { plan, forecast }] of known) {
    const found = charged.get(id) ?? [];
    const expected = periodsOf(plan, until);
    periods += expected.length;
    const what = `${JSON.stringify(plan.schedule)}`;
    for (const { number, at, from, to } of expected) {
      const [own, ...more] = found.filter((charge) => charge.number === number);
      if (own?.status !== 'PAID') missed?.push(`${at.toISOString()} (${own?.status}) of ${what}`);
      if (more.length > 0) doubled?.push(`${at.toISOString()} of ${what}`);
      if (!own) continue;
      const told = forecast[number - 1];
      const isRight =
        own.plannedAt.getTime() === at.getTime() &&
        told?.at.getTime() === at.getTime() &&
        told.amount === own.amount &&
        own.amount >= from &&
        own.amount <= to &&
        own.createdAt >= at &&
        own.attempts === 1;
      if (!isRight) wrong?.push(`${number} at ${own.plannedAt.toISOString()}, not ${at.toISOString()}, of ${what}`);
    }
    const extra = found.filter(({ number }) => !expected.some((period) => period.number === number));
    for (const { number, plannedAt } of extra) doubled?.push(`${number} at ${plannedAt.toISOString()} of ${what}`);
    const status = `${isOver(plan, expected.length) ? 'COMPLETED' : 'ACTIVE'} after ${expected.length}`;
    if (statuses.get(id) !== status) wrong?.push(`${statuses.get(id)}, not ${status}: ${what}`);
  }
  doubled?.push(...takenOtherwise(world, charges));
  const failures = world.failures.map(String);
  const times = [...known.keys()].map((id) => (charged.get(id) ?? []).map(({ plannedAt }) => plannedAt.toISOString()));
  return {
    agreements: known.size,
    periods,
    zones: new Set([...known.values()].map(({ plan }) => plan.schedule.timeZone)).size,
    missed: missed ?? [],
    doubled: doubled ?? [],
    wrong: wrong ?? [],
    failures,
    charged: times,
  };
}

/** The payment system's books against ours: of each charge one payment, of its amount. */
function takenOtherwise(world: VirtualWorld, charges: readonly ChargeFound[]): readonly string[] {
  const taken = Map.groupBy(world.gateway.taken, ({ orderId }) => orderId);
  const ours = new Set(charges.flatMap(({ orders }) => (orders ?? []).map(({ id }) => id)));
  const strange = [...taken.keys()]
    .filter((id) => !ours.has(id))
    .map((id) => `a payment for ${id}, which is no attempt`);
  const wrong = charges.filter(({ amount, orders }) => {
    const payments = (orders ?? []).flatMap(({ id }) => taken.get(id) ?? []);
    const captured = (orders ?? []).reduce((sum, each) => sum + BigInt(each.captured), 0n);
    return payments.length !== 1 || payments[0]?.amount !== amount || captured !== amount;
  });
  return [
    ...strange,
    ...wrong.map(({ agreementId, number }) => `period ${number} of ${agreementId} was taken otherwise`),
  ];
}
