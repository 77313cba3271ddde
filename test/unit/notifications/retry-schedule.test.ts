import fc from 'fast-check';
import {
  nextTryAt,
  pauseMs,
  WINDOW_MS,
  windowBegan,
} from '../../../src/features/notifications/domain/retry-schedule.js';
import { later } from '../../../src/kernel/clock.js';

const BEGAN = new Date('2026-01-01T00:00:00Z');
const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** Every try of a notification that never arrives, each a moment after it was due. */
function triesOf(draws: () => number, lateMs: () => number): readonly Date[] {
  const tries = [BEGAN];
  for (let last: Date | null = BEGAN; last !== null; ) {
    const endedAt = later(last, lateMs());
    last = nextTryAt({ firstTriedAt: BEGAN, tries: tries.length }, endedAt, draws());
    if (last) tries.push(last);
  }
  return tries;
}

it('whatever was tried first 72 hours ago, or before, is given up', () => {
  expect(windowBegan(new Date('2026-01-04T00:00:00Z'))).toEqual(BEGAN);
  const nextAt = (now: string) => nextTryAt({ firstTriedAt: BEGAN, tries: 1 }, new Date(now), 0);
  expect(nextAt('2026-01-03T23:59:54.999Z')).toEqual(new Date('2026-01-03T23:59:59.999Z'));
  expect(nextAt('2026-01-03T23:59:55.000Z')).toBeNull();
});

describe('the pauses between tries', () => {
  it('are 5 s, 15 s, 45 s and so on up to 2 hours', () => {
    const seconds = Array.from({ length: 10 }, (_, index) => pauseMs(index + 1, 0) / 1000);
    expect(seconds).toEqual([5, 15, 45, 135, 405, 1215, 3645, 7200, 7200, 7200]);
  });

  it('grow, whatever is drawn, until they are as long as they get, and are a fifth longer at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), draw, draw, (tries, first, second) => {
        const pause = pauseMs(tries, first);
        const next = pauseMs(tries + 1, second);
        expect(pause).toBeGreaterThanOrEqual(pauseMs(tries, 0));
        expect(pause).toBeLessThanOrEqual(pauseMs(tries, 0) * 1.2);
        if (tries < 7) expect(next).toBeGreaterThan(pause);
      }),
    );
  });

  it('leave the last try within 72 hours of the first, and none of the last three hours without one', () => {
    fc.assert(
      fc.property(
        fc.array(draw, { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 0, max: 10_000 }),
        (draws, late) => {
          let index = 0;
          const tries = triesOf(
            () => draws[index++ % draws.length] ?? 0,
            () => late,
          );
          const last = (tries.at(-1)?.getTime() ?? 0) - BEGAN.getTime();
          expect(last).toBeLessThan(WINDOW_MS);
          expect(last).toBeGreaterThan(WINDOW_MS - 3 * 3_600_000);
          expect(tries.length).toBeLessThan(60);
        },
      ),
      { numRuns: 200 },
    );
  });
});
