import fc from 'fast-check';
import { operatorOfClock } from '../../src/features/tenancy/domain/access.js';
import { moveTo } from '../../src/features/tenancy/domain/test-clock.js';
import { later } from '../../src/kernel/clock.js';

const NOON = new Date('2026-11-21T12:00:00Z');
const DAY_MS = 86_400_000;
const state = (aheadDays = 0) => ({ realNow: NOON, aheadMs: aheadDays * DAY_MS, aheadMaxMs: 3653 * DAY_MS });

describe('a move of a test clock', () => {
  it('leads to the moment that was asked for, from wherever the clock is', () => {
    expect(moveTo({ seconds: 60 }, state(10))).toEqual({
      fromMs: later(NOON, 10 * DAY_MS + 60_000).getTime(),
      aheadMs: 10 * DAY_MS + 60_000,
    });
    const to = later(NOON, 40 * DAY_MS);
    expect(moveTo({ to }, state(10))).toEqual({ fromMs: to.getTime(), aheadMs: 40 * DAY_MS });
  });

  it.each([
    ['back', { to: later(NOON, DAY_MS) }, 10, 'to', "must lie after the operator's time, 2026-12-01T12:00:00.000Z"],
    ['nowhere', { seconds: 0 }, 0, 'seconds', 'must lie after'],
    ['too far at once', { seconds: 731 * 86_400 + 1 }, 0, 'seconds', 'at most 731 days ahead'],
    ['too far in all', { seconds: 700 * 86_400 }, 3000, 'seconds', 'must not be later than 2036-11-21T12:00:00.000Z'],
  ])('does not lead %s', (_name, target, aheadDays, path, message) => {
    expect(() => moveTo(target, state(aheadDays))).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        issues: [{ path: [path], message: expect.stringContaining(message) }],
      }),
    );
  });

  it('may be as long as two years, and end as the longest time that a clock may be ahead ends', () => {
    expect(moveTo({ seconds: 731 * 86_400 }, state()).aheadMs).toBe(731 * DAY_MS);
    expect(moveTo({ seconds: 653 * 86_400 }, state(3_000)).aheadMs).toBe(3_653 * DAY_MS);
  });

  it('is ahead of the move before it, always', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 * 86_400 }), { maxLength: 9 }), (steps) => {
        let aheadMs = 0;
        for (const seconds of steps) {
          const move = moveTo({ seconds }, { ...state(), aheadMs });
          expect(move.aheadMs).toBe(aheadMs + seconds * 1000);
          expect(move.fromMs).toBe(NOON.getTime() + move.aheadMs);
          aheadMs = move.aheadMs;
        }
      }),
    );
  });
});

describe('whose clock is moved', () => {
  const operator = { kind: 'OPERATOR', operatorId: 'mine', mode: 'TEST' } as const;
  const platform = { kind: 'PLATFORM', operatorId: 'none', mode: 'LIVE' } as const;

  it('is the own one, or for the platform the one it names', () => {
    expect(operatorOfClock(operator, undefined)).toBe('mine');
    expect(operatorOfClock(operator, 'mine')).toBe('mine');
    expect(operatorOfClock(platform, 'theirs')).toBe('theirs');
  });

  it.each([
    [{ ...operator, mode: 'LIVE' } as const, undefined, 'KEY_MODE_MISMATCH'],
    [operator, 'theirs', 'NOT_FOUND'],
    [operator, null, 'NOT_FOUND'],
    [platform, null, 'NOT_FOUND'],
    [platform, undefined, 'INVALID_INPUT'],
  ])('is not somebody else’s or nobody’s: %j %s', (principal, operatorId, code) => {
    expect(() => operatorOfClock(principal, operatorId)).toThrow(expect.objectContaining({ code }));
  });

  it('is refused with what is wrong', () => {
    expect(() => operatorOfClock({ ...operator, mode: 'LIVE' }, undefined)).toThrow(
      'time is moved with a test key, never with a live one',
    );
    expect(() => operatorOfClock(operator, 'theirs')).toThrow('no such operator');
    expect(() => operatorOfClock(platform, undefined)).toThrow(
      expect.objectContaining({
        issues: [{ path: ['operatorId'], message: 'a platform key must say whose clock it moves' }],
      }),
    );
  });
});
