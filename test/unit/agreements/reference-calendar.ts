/**
 * A calendar of its own to judge ours by: days are counted by hand, and what clocks
 * show is read off `Intl`. Nothing here knows Temporal.
 */

const DAY_MS = 24 * 60 * 60 * 1000;

/** Half-hour changes, odd offsets, rules that follow the moon, a day that never was, and none at all any more. */
export const ZONES = [
  'America/New_York',
  'Europe/London',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Asia/Tehran',
] as const;

export type Unit = 'DAY' | 'WEEK' | 'MONTH' | 'YEAR';

export function dateAfter(from: string, count: number, unit: Unit): string {
  const [year = 0, month = 0, day = 0] = from.split('-').map(Number);
  if (unit === 'DAY') return text(Date.UTC(year, month - 1, day + count));
  if (unit === 'WEEK') return text(Date.UTC(year, month - 1, day + 7 * count));
  const months = month - 1 + (unit === 'MONTH' ? count : 12 * count);
  const target = { year: year + Math.floor(months / 12), month: (months % 12) + 1 };
  return text(Date.UTC(target.year, target.month - 1, Math.min(day, monthLength(target.year, target.month))));
}

function monthLength(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function text(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The first instant at which the zone's clocks show this; where they never do, later by what they skipped. */
export function instantOf(date: string, time: string, zone: string): Date {
  const wanted = Date.parse(`${date}T${time}:00Z`);
  const before = clockMs(wanted - DAY_MS, zone) - (wanted - DAY_MS);
  const after = clockMs(wanted + DAY_MS, zone) - (wanted + DAY_MS);
  const shown = [wanted - before, wanted - after].filter((each) => clockMs(each, zone) === wanted);
  return new Date(shown.length > 0 ? Math.min(...shown) : wanted - before);
}

/** '2026-11-21 09:00': what a clock in the zone shows. */
export function clockAt(instant: Date, zone: string): string {
  return new Date(clockMs(instant.getTime(), zone)).toISOString().slice(0, 16).replace('T', ' ');
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the zone's clocks show, read as if it were UTC. */
function clockMs(ms: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, format);
  }
  return Date.parse(`${format.format(ms).replace(' ', 'T')}Z`);
}
