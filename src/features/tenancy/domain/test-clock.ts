import { type ClockMove, later } from '../../../kernel/clock.js';
import { type InputIssue, invalidInput } from '../../../kernel/errors.js';

const DAY_MS = 24 * 3_600_000;

/** Two years, the longer ones: what happens in them is worked off before the next move. */
const STEP_MAX_MS = 731 * DAY_MS;

/** Where the clock is to be moved, by a moment or by a length: one of them is given. */
export interface ClockTarget {
  readonly to?: Date | null | undefined;
  readonly seconds?: number | null | undefined;
}

export interface ClockState {
  readonly realNow: Date;
  readonly aheadMs: number;
  /** The most that it may be ahead in all. */
  readonly aheadMaxMs: number;
}

/** Pure: the move that leads there, or a refusal. Time goes forwards only. */
export function moveTo({ to, seconds }: ClockTarget, { realNow, aheadMs, aheadMaxMs }: ClockState): ClockMove {
  const now = later(realNow, aheadMs);
  const path = [to ? 'to' : 'seconds'];
  const target = to ?? later(now, (seconds ?? 0) * 1000);
  const stepMs = target.getTime() - now.getTime();
  const issues: InputIssue[] = [];
  if (stepMs <= 0) issues.push({ path, message: `must lie after the operator's time, ${now.toISOString()}` });
  if (stepMs > STEP_MAX_MS) issues.push({ path, message: 'must be at most 731 days ahead: move it in steps' });
  const moved = aheadMs + stepMs;
  if (moved > aheadMaxMs) {
    const most = later(realNow, aheadMaxMs).toISOString();
    issues.push({ path, message: `must not be later than ${most}: a clock is moved by ten years in all` });
  }
  if (issues.length > 0) throw invalidInput(issues);
  return { fromMs: target.getTime(), aheadMs: moved };
}
