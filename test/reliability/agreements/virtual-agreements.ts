import type { ChargeAmount } from '../../../src/features/agreements/domain/charge-amount.js';
import type { Schedule } from '../../../src/features/agreements/domain/schedule.js';
import { dateAfter, instantOf, ZONES } from '../../unit/agreements/reference-calendar.js';

/** What an agreement of the simulation is to be charged, and when. */
export interface Plan {
  readonly schedule: Schedule;
  readonly amount: ChargeAmount;
}

/** A period that is to be charged, told without any of the product's code. */
export interface Period {
  readonly number: number;
  readonly at: Date;
  /** From and to: what a draw may come to. */
  readonly from: bigint;
  readonly to: bigint;
}

/** Times that clocks skip, show twice, or that lie on another day elsewhere. */
const TIMES = ['00:00', '01:30', '02:15', '02:30', '03:00', '09:00', '23:45'];

/** Where clocks are changed by half an hour, by the moon, or at midnight, and where they are 45 minutes off the others'. */
export const ZONES_LIVED_IN = [...ZONES, 'Pacific/Chatham', 'America/Santiago', 'Africa/Cairo'] as const;

/** Of a hundred agreements: a charge costs what it costs, so that few come often, and most by the month or more rarely. */
const KINDS = [
  ...Array.from({ length: 3 }, () => ({ period: 'DAY', intervals: [3, 10, 13, 30] }) as const),
  ...Array.from({ length: 7 }, () => ({ period: 'WEEK', intervals: [1, 2, 3, 5] }) as const),
  ...Array.from({ length: 60 }, () => ({ period: 'MONTH', intervals: [1, 2, 3, 3, 6, 6] }) as const),
  ...Array.from({ length: 30 }, () => ({ period: 'YEAR', intervals: [1] }) as const),
];

/** Days that not every month has, as days of the first month. */
const MONTH_ENDS = ['29', '30', '31'];

/** Every second one is anchored at a day that some months do not have. */
export function aPlan(from: string, days: number, random: () => number): Plan {
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const kind = pick(KINDS);
  const anyDay = dateAfter(from, Math.floor(random() * Math.min(days, 40)), 'DAY');
  const startDate = random() < 0.5 ? `${from.slice(0, 8)}${pick(MONTH_ENDS)}` : anyDay;
  const ends = random() < 0.15;
  return {
    schedule: {
      period: kind.period,
      interval: pick<number>(kind.intervals),
      startDate,
      finishDate: ends ? dateAfter(startDate, Math.floor(random() * days), 'DAY') : null,
      timeZone: pick(ZONES_LIVED_IN),
      localTime: pick(TIMES),
    },
    amount: anAmount(random),
  };
}

function anAmount(random: () => number): ChargeAmount {
  const minor = () => BigInt(100 + Math.floor(random() * 100_000));
  const kind = random();
  if (kind < 0.5) return { mode: 'FIXED', amount: minor() };
  if (kind < 0.8) {
    const from = minor();
    return { mode: 'RANGE', from, to: from + minor() };
  }
  return { mode: 'SEQUENCE', amounts: Array.from({ length: 1 + Math.floor(random() * 24) }, minor) };
}

/** Every period up to a moment, counted by hand from the schedule's first date. */
export function periodsOf({ schedule, amount }: Plan, until: Date): readonly Period[] {
  const { startDate, finishDate, period, interval, localTime, timeZone } = schedule;
  const periods: Period[] = [];
  for (let index = 0; ; index += 1) {
    const limits = limitsOf(amount, index);
    const date = dateAfter(startDate, index * interval, period);
    const at = instantOf(date, localTime, timeZone);
    if (!limits || at > until || (finishDate !== null && date > finishDate)) return periods;
    periods.push({ number: index + 1, at, ...limits });
  }
}

/** Whether nothing comes any more after a moment. */
export function isOver(plan: Plan, charged: number): boolean {
  const { schedule, amount } = plan;
  if (amount.mode === 'SEQUENCE' && charged >= amount.amounts.length) return true;
  const { finishDate, startDate, interval, period } = schedule;
  return finishDate !== null && dateAfter(startDate, charged * interval, period) > finishDate;
}

function limitsOf(amount: ChargeAmount, index: number): { from: bigint; to: bigint } | null {
  switch (amount.mode) {
    case 'FIXED':
      return { from: amount.amount, to: amount.amount };
    case 'RANGE':
      return { from: amount.from, to: amount.to };
    case 'SEQUENCE': {
      const own = amount.amounts[index];
      return own === undefined ? null : { from: own, to: own };
    }
  }
}
