import fc from 'fast-check';
import {
  keyHint,
  modeOfKeys,
  PUBLISHABLE_KEY,
  SECRET_KEY,
} from '../../src/features/payment-systems/domain/account-keys.js';
import { GIVE_UP_AFTER_MS, nextTryAt, pausedUntil } from '../../src/features/payment-systems/domain/inbox-schedule.js';
import { inParallel } from '../../src/features/payment-systems/parallel.js';
import { WebhookAddress } from '../../src/features/payment-systems/webhook-address.js';
import { later } from '../../src/kernel/clock.js';

const NOON = new Date('2026-11-21T12:00:00Z');

describe('when an event is tried again', () => {
  it('waits longer each time', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempts) => {
      const next = nextTryAt(attempts, NOON, NOON);
      return ((next?.getTime() ?? 0) - NOON.getTime()) / 1000;
    });
    expect(pauses).toEqual([2, 10, 60, 300, 1800, 7200, 21_600, 43_200, 43_200]);
  });

  it('is tried a last time at the end of three days, then given up', () => {
    const end = later(NOON, GIVE_UP_AFTER_MS);
    expect(nextTryAt(12, NOON, later(end, -1000))).toEqual(end);
    expect(nextTryAt(13, NOON, end)).toBeNull();
  });

  it('goes on waiting as long as before where it is not given up', () => {
    expect(pausedUntil(1, NOON)).toEqual(later(NOON, 2_000));
    expect(pausedUntil(40, NOON)).toEqual(later(NOON, 12 * 3_600_000));
  });

  it('never waits beyond the end, whatever was tried', () => {
    const tries = fc.tuple(fc.nat(1000), fc.nat(GIVE_UP_AFTER_MS - 1));
    fc.assert(
      fc.property(tries, ([attempts, elapsedMs]) => {
        const now = later(NOON, elapsedMs);
        const next = nextTryAt(attempts, NOON, now);
        expect(next && next > now && next <= later(NOON, GIVE_UP_AFTER_MS)).toBe(true);
      }),
    );
  });
});

describe('keys', () => {
  const test = { publishableKey: 'pk_test_12345678', secretKey: 'sk_test_123456784eC3' };
  const live = { publishableKey: 'pk_live_12345678', secretKey: 'rk_live_123456784eC3' };

  it('tell their mode', () => {
    expect(modeOfKeys(test, 'TEST')).toBe('TEST');
    expect(modeOfKeys(live, 'LIVE')).toBe('LIVE');
  });

  it.each([
    [
      'of two modes',
      { ...test, secretKey: live.secretKey },
      'LIVE',
      'publishableKey is for TEST mode and secretKey for LIVE mode',
    ],
    [
      "of another mode than the caller's",
      live,
      'TEST',
      "the payment system's keys are for LIVE mode, and your API key for TEST mode",
    ],
  ] as const)('%s are refused', (_name, keys, mode, message) => {
    expect(() => modeOfKeys(keys, mode)).toThrow(expect.objectContaining({ code: 'KEY_MODE_MISMATCH', message }));
  });

  it('are hinted at by their start and their last four characters', () => {
    expect(keyHint(test.secretKey)).toBe('sk_test_…4eC3');
    expect(keyHint(live.secretKey)).toBe('rk_live_…4eC3');
  });

  it.each([
    'sk_test_',
    'sk_test_short',
    'pk_test_12345678',
    'sk_prod_12345678',
    ' sk_test_12345678',
    'sk_test_1234567\n8',
    'sk_test_12345678 ',
    `sk_test_${'1'.repeat(241)}`,
  ])('%j is no secret key', (text) => expect(SECRET_KEY.test(text)).toBe(false));

  it('of the two kinds are not taken for each other', () => {
    expect(PUBLISHABLE_KEY.test(test.publishableKey)).toBe(true);
    expect(PUBLISHABLE_KEY.test(test.secretKey)).toBe(false);
    for (const spoilt of [` ${test.publishableKey}`, `${test.publishableKey} `]) {
      expect(PUBLISHABLE_KEY.test(spoilt)).toBe(false);
    }
    expect(SECRET_KEY.test(live.secretKey)).toBe(true);
  });
});

describe('where webhooks arrive', () => {
  it.each([
    'http://localhost:4000',
    'http://shop.localhost',
    'http://127.0.0.1:4000',
    'http://2130706433',
    'http://[::1]:4000',
    'http://[::ffff:127.0.0.1]',
    'http://10.1.2.3',
    'http://172.20.0.2',
    'http://192.168.1.7',
    'http://169.254.1.1',
    'http://[fd00::1]',
    'http://billing',
    'http://billing.internal',
    'http://localhost.',
  ])('%s cannot be reached by Stripe, but by a sandbox', (publicUrl) => {
    expect(new WebhookAddress(publicUrl, false).isReachable).toBe(false);
    expect(new WebhookAddress(publicUrl, true).isReachable).toBe(true);
  });

  it.each(['https://pay.example.com', 'https://203.0.113.7', 'https://[2606:4700::1]', 'https://172.15.0.1'])(
    '%s can',
    (publicUrl) => expect(new WebhookAddress(publicUrl, false).isReachable).toBe(true),
  );

  it('is named by the public id', () => {
    const address = new WebhookAddress('https://pay.example.com', false);
    expect(address.urlOf('019a9f3e-0000-7000-8000-000000000000')).toMatch(
      /^https:\/\/pay\.example\.com\/webhooks\/stripe\/psa_[0-9a-z]{26}$/,
    );
  });
});

describe('working in parallel', () => {
  it('does everything once and no more at a time than there are lanes', async () => {
    let busy = 0;
    let busiest = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      busy += 1;
      busiest = Math.max(busiest, busy);
      await new Promise((resolve) => setTimeout(resolve, item % 3));
      busy -= 1;
      done.push(item);
    });
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(busiest).toBe(3);
  });
});
