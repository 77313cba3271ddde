import fc from 'fast-check';
import {
  type EndpointHealth,
  HEALTHY,
  healthAfter,
  type Try,
} from '../../../src/features/notifications/domain/endpoint-health.js';
import { later } from '../../../src/kernel/clock.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const failed = (isFirst = true, endedAt = NOW): Try => ({ isDelivered: false, isFirst, endedAt });
const arrived: Try = { isDelivered: true, isFirst: true, endedAt: NOW };
const judged = (health: EndpointHealth, tries: readonly Try[], now = NOW) => healthAfter(health, tries, now, 0);
const times = (count: number, each: Try) => Array.from({ length: count }, () => each);

describe('an endpoint', () => {
  it('is failing when five different notifications in a row were in vain, and then paused', () => {
    expect(judged(HEALTHY, times(4, failed()))).toMatchObject({ status: 'HEALTHY', failures: 4, pausedUntil: null });
    const failing = judged(judged(HEALTHY, times(4, failed())), [failed()]);
    expect(failing).toEqual({ status: 'FAILING', failures: 5, failingSince: NOW, pausedUntil: later(NOW, 15_000) });
  });

  it('is not failing for one notification that it refuses again and again, until that has lasted', () => {
    const often = times(30, failed(false));
    expect(judged(judged(HEALTHY, [failed()]), often)).toMatchObject({ status: 'HEALTHY', failures: 1 });
    const later10 = later(NOW, 10 * MINUTE);
    const sooner = later(later10, -1);
    expect(judged(judged(HEALTHY, [failed()]), [failed(false, sooner)], sooner)).toMatchObject({ status: 'HEALTHY' });
    expect(judged(judged(HEALTHY, [failed()]), [failed(false, later10)], later10)).toMatchObject({ status: 'FAILING' });
  });

  it('counts anew from whatever arrives', () => {
    expect(judged(HEALTHY, [...times(4, failed()), arrived, ...times(4, failed())])).toMatchObject({
      status: 'HEALTHY',
      failures: 4,
    });
  });

  it('is asked after growing pauses, is dead after 72 hours, and healthy with the first that arrives', () => {
    let health = judged(HEALTHY, times(5, failed()));
    const pauses: number[] = [];
    let now = NOW;
    for (let probe = 0; probe < 600 && health.status !== 'DEAD'; probe += 1) {
      pauses.push((health.pausedUntil?.getTime() ?? 0) - now.getTime());
      now = health.pausedUntil ?? now;
      health = judged(health, [failed(probe % 2 === 0, now)], now);
    }
    expect(pauses.slice(0, 7).map((ms) => ms / 1000)).toEqual([15, 30, 60, 120, 240, 480, 600]);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(health.status).toBe('DEAD');
    expect(now.getTime() - NOW.getTime()).toBeGreaterThanOrEqual(72 * HOUR);
    expect((health.pausedUntil?.getTime() ?? 0) - now.getTime()).toBe(4 * HOUR);
    expect(judged(health, [arrived], now)).toEqual(HEALTHY);
  });

  it('that answers again is healthy, though what follows fails a few times', () => {
    const failing = judged(HEALTHY, times(5, failed()));
    expect(judged(failing, [arrived, failed()])).toMatchObject({ status: 'HEALTHY', failures: 1, pausedUntil: null });
    expect(judged(failing, [failed(), arrived])).toEqual(HEALTHY);
  });

  it('that nobody has tried stays paused as it is', () => {
    const failing = judged(HEALTHY, times(5, failed()));
    expect(judged(failing, [], later(NOW, MINUTE))).toEqual(failing);
  });

  it('is paused up to a fifth longer, never shorter', () => {
    const pausedUntil = (draw: number) => healthAfter(HEALTHY, times(5, failed()), NOW, draw).pausedUntil;
    expect(pausedUntil(0.5)).toEqual(later(NOW, 16_500));
  });

  it('is never paused while it is healthy, and never failing without a beginning', () => {
    const aTry = fc.record({
      isDelivered: fc.boolean(),
      isFirst: fc.boolean(),
      endedAt: fc.integer({ min: 0, max: 100 * HOUR }).map((ms) => later(NOW, ms)),
    });
    fc.assert(
      fc.property(fc.array(fc.array(aTry, { maxLength: 8 }), { maxLength: 20 }), (batches) => {
        let health = HEALTHY;
        for (const tries of batches) {
          health = healthAfter(health, tries, later(NOW, 100 * HOUR), 0.5);
          if (health.status === 'HEALTHY') expect(health.pausedUntil).toBeNull();
          else expect(health.failingSince).not.toBeNull();
          if (health.failingSince === null) expect(health.failures).toBe(0);
          if (tries.at(-1)?.isDelivered) expect(health).toEqual(HEALTHY);
        }
      }),
    );
  });
});
