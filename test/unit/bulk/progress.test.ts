import { describe, expect, it } from '@jest/globals';
import { doneRows, isProgressDue, paceAt, secondsLeft } from '../../../src/features/bulk/domain/progress.js';

const AT = new Date('2026-11-22T08:00:00Z');
const passed = (ms: number) => new Date(AT.getTime() + ms);
const COUNTS = { rowCount: 100, succeeded: 10, repeated: 5, failed: 4, canceled: 1 };

describe('the progress of a file', () => {
  it('counts every row that has an outcome', () => {
    expect(doneRows(COUNTS)).toBe(20);
  });

  it('is told at first, and then once a second at most', () => {
    const pace = { progressedRows: 0, rowsPerSecond: null };
    expect(isProgressDue({ ...pace, progressedAt: null }, AT)).toBe(true);
    expect(isProgressDue({ ...pace, progressedAt: AT }, passed(999))).toBe(false);
    expect(isProgressDue({ ...pace, progressedAt: AT }, passed(1_000))).toBe(true);
  });

  it('has the pace of the latest stretch, smoothed by those before', () => {
    const begun = paceAt({ progressedAt: null, progressedRows: 0, rowsPerSecond: null }, 0, AT);
    expect(begun).toEqual({ progressedAt: AT, progressedRows: 0, rowsPerSecond: null });
    const first = paceAt(begun, 40, passed(2_000));
    expect(first).toEqual({ progressedAt: passed(2_000), progressedRows: 40, rowsPerSecond: 20 });
    const second = paceAt(first, 140, passed(3_000));
    expect(second.rowsPerSecond).toBeCloseTo(20 + 0.3 * 80);
  });

  it('makes no pace of a clock that stood still or was set back', () => {
    const pace = { progressedAt: AT, progressedRows: 10, rowsPerSecond: 7 };
    for (const now of [AT, passed(-5_000)]) expect(paceAt(pace, 90, now).rowsPerSecond).toBe(7);
  });

  it('says how long it still takes, where anything tells', () => {
    expect(secondsLeft(COUNTS, 30)).toBe(3);
    expect(secondsLeft(COUNTS, null)).toBeNull();
    expect(secondsLeft(COUNTS, 0)).toBeNull();
    expect(secondsLeft({ ...COUNTS, rowCount: 20 }, 5)).toBe(0);
  });
});
