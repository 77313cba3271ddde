import { z } from 'zod';
import { countUpTo, date, decimalText, or, orNull } from '../orders/index.js';
import { SCHEDULE_PERIODS } from './domain/schedule.js';

const INTERVAL_MAX = 999;
const SEQUENCE_MAX = 999;
const PARTS_MIN = 2;
const PARTS_MAX = 99;

const sequenceLength = `must have 1 to ${SEQUENCE_MAX} amounts`;

/** The API's own scalar has asked already; a file has no scalars. Node also takes offsets, which know no daylight saving. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]{0,63}$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== null;
  } catch {
    return false;
  }
}

/** `ScheduleInput`, checked for form; null for what the merchant's settings decide. */
export const scheduleInput = z.object({
  period: z.enum(SCHEDULE_PERIODS),
  interval: or(countUpTo(INTERVAL_MAX), 1),
  startDate: date,
  finishDate: orNull(date),
  timeZone: orNull(z.string().refine(isTimeZone, 'must be an IANA name such as "Europe/Berlin"')),
  localTime: orNull(z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "09:00"')),
});

/** `ChargeAmountInput`, checked for form: exactly one of its fields is not null. */
export const chargeAmountInput = z
  .object({
    fixed: orNull(decimalText()),
    range: orNull(z.object({ from: decimalText(), to: decimalText() })),
    sequence: orNull(z.array(decimalText()).min(1, sequenceLength).max(SEQUENCE_MAX, sequenceLength)),
  })
  .superRefine((amount, context) => {
    if (Object.values(amount).filter((each) => each !== null).length === 1) return;
    context.addIssue({ code: 'custom', message: 'must have exactly one of fixed, range and sequence' });
  });

/** `InstallmentPlanInput`, checked for form. */
export const installmentPlanInput = z.object({
  total: decimalText(),
  parts: countUpTo(PARTS_MAX, PARTS_MIN),
  firstPartNow: or(z.boolean(), true),
});

/** `TopUpInput`, checked for form. */
export const topUpInput = z.object({ threshold: decimalText(), amount: decimalText() });
