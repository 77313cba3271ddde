import { dateLater, instantAt } from '../../kernel/calendar.js';
import { invalidInput } from '../../kernel/errors.js';

/** Moments from the first on, up to but not including the second; null where it is open. */
export interface Period {
  readonly begins: Date | null;
  readonly ends: Date | null;
}

/** Calendar days, both included. */
export interface Days {
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

export function periodOf({ from, to }: Days, timeZone: string): Period {
  if (from != null && to != null && to < from) {
    throw invalidInput([{ path: ['to'], message: `${to} is before from, ${from}` }]);
  }
  const after = to == null ? null : dateLater(to, 1, 'DAY');
  if (to != null && after === null) throw invalidInput([{ path: ['to'], message: `${to} is too late` }]);
  return {
    begins: from == null ? null : instantAt(from, '00:00', timeZone),
    ends: after === null ? null : instantAt(after, '00:00', timeZone),
  };
}

/** "-2026-11-01-2026-11-30", for the name of a file; nothing where it is open on both sides. */
export function inName({ from, to }: Days): string {
  if (from == null && to == null) return '';
  return `-${from ?? 'begin'}-${to ?? 'now'}`;
}
