import { describe, expect, it } from '@jest/globals';
import { Courtesy } from '../../../src/features/bulk/domain/courtesy.js';

/** What is paused in the end after so many rows that take so long. */
function pauseAfter(courtesy: Courtesy, rows: number, tookMs: number): number {
  let pauseMs = 0;
  for (let row = 0; row < rows; row += 1) pauseMs = courtesy.pauseMs(tookMs);
  return pauseMs;
}

describe('how long a file’s rows leave to others', () => {
  it('is as long as a row takes while rows are as quick as ever', () => {
    expect(pauseAfter(new Courtesy(), 100, 4)).toBeCloseTo(4);
  });

  it('is four times that where rows are slow, and no more', () => {
    const courtesy = new Courtesy();
    pauseAfter(courtesy, 50, 4);
    expect(pauseAfter(courtesy, 50, 20)).toBeCloseTo(80);
    expect(pauseAfter(courtesy, 5, 1_000)).toBe(500);
  });

  it('grows with what rows take lately, of which the newest is a fifth', () => {
    const courtesy = new Courtesy();
    pauseAfter(courtesy, 11, 10);
    // 10 + 0.2 × 30 = 16 ms lately; undisturbed up to 1.5 × 10.02; twice what it is slower by, times 40 ms.
    expect(courtesy.pauseMs(40)).toBeCloseTo(40 * (1 + 2 * (16 / 15.03 - 1)), 5);
  });

  it('grows shorter again when nobody is in the way any more', () => {
    const courtesy = new Courtesy();
    pauseAfter(courtesy, 50, 4);
    pauseAfter(courtesy, 20, 40);
    expect(pauseAfter(courtesy, 50, 4)).toBeCloseTo(4);
  });

  it('learns what is quick where all has become slower for good', () => {
    const courtesy = new Courtesy();
    pauseAfter(courtesy, 50, 4);
    expect(pauseAfter(courtesy, 2_000, 20)).toBeCloseTo(20);
  });
});
