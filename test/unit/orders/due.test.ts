import fc from 'fast-check';
import {
  type Deadlines,
  KEY_LIFE_MS,
  nextCheckAt,
  nextDueAt,
  warningAt,
} from '../../../src/features/orders/domain/due.js';

const NOON = new Date('2026-11-21T12:00:00Z');
const MINUTE = 60 * 1000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const A_MINUTE_ON = fromNoon(MINUTE);

function fromNoon(ms: number): Date {
  return new Date(NOON.getTime() + ms);
}

function deadlines(those: Partial<Deadlines>): Deadlines {
  return { expiresAt: null, captureBefore: null, captureWarnedAt: null, unpaid: false, held: 0n, ...those };
}

const inAWeek = { held: 100n, captureBefore: fromNoon(7 * DAY) };

describe('time alone changes an order', () => {
  it.each<[string, Partial<Deadlines>, Date | null]>([
    ['that waits for its payer: when it expires', { unpaid: true, expiresAt: fromNoon(HOUR) }, fromNoon(HOUR)],
    ['that waits without an end: never', { unpaid: true }, null],
    [
      'that waited too long and is not closed yet: since then',
      { unpaid: true, expiresAt: fromNoon(-HOUR) },
      fromNoon(-HOUR),
    ],
    ['that expires this very moment: now', { unpaid: true, expiresAt: NOON }, NOON],
    ['with a hold: a day before that lapses', inAWeek, fromNoon(6 * DAY)],
    ['with a hold that was announced: when that lapses', { ...inAWeek, captureWarnedAt: NOON }, fromNoon(7 * DAY)],
    [
      'with a hold of hours: since a day before that',
      { held: 1n, captureBefore: fromNoon(HOUR) },
      fromNoon(HOUR - DAY),
    ],
    [
      'with a hold that should have lapsed: since then',
      { held: 1n, captureBefore: fromNoon(-1), captureWarnedAt: NOON },
      fromNoon(-1),
    ],
    ['with a hold of unknown length: never', { held: 100n }, null],
    ['whose hold is used up: never', { ...inAWeek, held: 0n }, null],
    ['that is paid, whatever its expiry says: never', { expiresAt: fromNoon(HOUR) }, null],
    ['with a hold, whatever its expiry says', { ...inAWeek, expiresAt: fromNoon(HOUR) }, fromNoon(6 * DAY)],
    ['that waits, whatever hold it once had', { ...inAWeek, unpaid: true, expiresAt: fromNoon(HOUR) }, fromNoon(HOUR)],
  ])('%s', (_, those, due) => {
    expect(nextDueAt(deadlines(those), null, NOON)).toEqual(due);
  });

  it('never sooner than the watcher has planned, so that nobody spins; never later, so that nobody puts it off', () => {
    const moment = fc.option(fc.date({ min: fromNoon(-9 * DAY), max: fromNoon(9 * DAY), noInvalidDate: true }));
    fc.assert(
      fc.property(moment, moment, moment, fc.boolean(), fc.bigInt({ min: 0n, max: 2n }), (...of) => {
        const [expiresAt, captureBefore, captureWarnedAt, unpaid, held] = of;
        const facts = { expiresAt, captureBefore, captureWarnedAt, unpaid, held };
        const deadline = nextDueAt(facts, null, NOON);
        const taken = nextDueAt(facts, A_MINUTE_ON, NOON);
        expect(taken).toEqual(deadline && deadline <= NOON ? A_MINUTE_ON : deadline);
      }),
    );
  });

  it('is looked at as planned only where that is ahead, also at the very moment that it is due', () => {
    const overdue = deadlines({ unpaid: true, expiresAt: fromNoon(-HOUR) });
    expect(nextDueAt(overdue, fromNoon(-1), NOON)).toEqual(fromNoon(-HOUR));
    expect(nextDueAt(overdue, NOON, NOON)).toEqual(fromNoon(-HOUR));
    expect(nextDueAt(deadlines({ unpaid: true, expiresAt: NOON }), A_MINUTE_ON, NOON)).toEqual(A_MINUTE_ON);
  });

  it('is announced a day before a hold lapses', () => {
    expect(warningAt(fromNoon(DAY))).toEqual(NOON);
  });
});

describe('an unknown outcome is looked at again', () => {
  const looks = Array.from({ length: 600 }, (_, checks) => nextCheckAt(NOON, checks).getTime() - NOON.getTime());
  /** How long after the outcome was lost each look is, where every one comes at its time and takes none. */
  const ages = looks.map((_, checks) => looks.slice(0, checks).reduce((sum, pause) => sum + pause, 0));
  const pausesWithin = (from: number, to: number) => [
    ...new Set(looks.filter((_, checks) => (ages[checks] ?? 0) >= from && (ages[checks] ?? 0) < to)),
  ];

  it('after 5 s, 15 s, every half minute for ten, every one for an hour, every five for a day, hourly, then daily', () => {
    expect(looks.slice(0, 3)).toEqual([5_000, 15_000, 30_000]);
    expect(pausesWithin(20_000, 10 * MINUTE)).toEqual([30_000]);
    expect(pausesWithin(11 * MINUTE, HOUR)).toEqual([MINUTE]);
    expect(pausesWithin(HOUR + MINUTE, 23 * HOUR)).toEqual([5 * MINUTE]);
    expect(pausesWithin(25 * HOUR, 7 * DAY)).toEqual([HOUR]);
    expect(pausesWithin(9 * DAY, 12 * DAY)).toEqual([DAY]);
  });

  it('a last time before its call may not be repeated any more, however late in its key’s life it could be', () => {
    const lastRepeat = ages.filter((age) => age < KEY_LIFE_MS).at(-1) ?? 0;
    expect(KEY_LIFE_MS - lastRepeat).toBeLessThanOrEqual(5 * MINUTE);
  });

  it('and its call repeated for an hour less than the day for which Stripe knows the key', () => {
    expect(KEY_LIFE_MS).toBe(23 * HOUR);
  });

  it('daily for good', () => {
    expect(nextCheckAt(NOON, 1000)).toEqual(fromNoon(DAY));
  });
});
