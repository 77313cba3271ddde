import { later, OperatorClocks, systemClock } from '../../../src/kernel/clock.js';

const NOON = new Date('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;

/** Moved by an hour at noon, and by another two when it showed 14:00; it is real noon still. */
function moved(): OperatorClocks {
  const clocks = new OperatorClocks({ now: () => NOON });
  clocks.move('moved', { fromMs: later(NOON, HOUR).getTime(), aheadMs: HOUR });
  clocks.move('moved', { fromMs: later(NOON, 4 * HOUR).getTime(), aheadMs: 3 * HOUR });
  return clocks;
}

it('the clock of the system shows the time', () => {
  const before = Date.now();
  const shown = systemClock.now().getTime();
  expect(shown >= before && shown <= Date.now()).toBe(true);
});

describe("an operator's clock", () => {
  it('shows the real time, the very same, where nobody has moved it', () => {
    const clocks = moved();
    expect(clocks.now('other')).toBe(NOON);
    expect(clocks.at('other', NOON)).toBe(NOON);
    expect(clocks.realTime('other', NOON)).toBe(NOON);
    expect(clocks.aheadMs('other')).toBe(0);
  });

  it('is ahead by what it was moved in all', () => {
    expect(moved().now('moved')).toEqual(later(NOON, 3 * HOUR));
    expect(moved().at('moved', later(NOON, HOUR))).toEqual(later(NOON, 4 * HOUR));
  });

  it('remembers when it really was what it has shown', () => {
    const real = (hours: number) =>
      (moved()
        .realTime('moved', later(NOON, hours * HOUR))
        .getTime() -
        NOON.getTime()) /
      HOUR;
    expect([-5, 0, 1, 2, 4, 6].map(real)).toEqual([-5, 0, 0, 1, 1, 3]);
  });

  it('takes a move once, from whomever it hears of it, and never goes back', () => {
    const clocks = moved();
    expect(clocks.move('moved', { fromMs: later(NOON, 4 * HOUR).getTime(), aheadMs: 3 * HOUR })).toBe(false);
    expect(clocks.move('moved', { fromMs: later(NOON, HOUR).getTime(), aheadMs: HOUR })).toBe(false);
    clocks.take('moved', [{ fromMs: 0, aheadMs: HOUR }]);
    clocks.take('other', [{ fromMs: 0, aheadMs: 0 }]);
    expect([clocks.aheadMs('moved'), clocks.aheadMs('other')]).toEqual([3 * HOUR, 0]);
    expect(clocks.move('moved', { fromMs: later(NOON, 9 * HOUR).getTime(), aheadMs: 4 * HOUR })).toBe(true);
  });

  it('takes all moves where it knew the latest alone', () => {
    const clocks = new OperatorClocks({ now: () => NOON });
    const latest = { fromMs: later(NOON, 4 * HOUR).getTime(), aheadMs: 3 * HOUR };
    clocks.take('moved', [latest]);
    clocks.take('moved', [{ fromMs: 0, aheadMs: 0 }, latest]);
    expect(clocks.realTime('moved', NOON)).toBe(NOON);
    clocks.take('never', []);
    expect(clocks.aheadMs('never')).toBe(0);
  });

  it('of which only the latest moves are kept takes what was before for the oldest of them', () => {
    const clocks = new OperatorClocks({ now: () => NOON });
    clocks.take('moved', [{ fromMs: later(NOON, 5 * HOUR).getTime(), aheadMs: 2 * HOUR }]);
    expect(clocks.realTime('moved', NOON)).toEqual(later(NOON, -2 * HOUR));
  });
});
