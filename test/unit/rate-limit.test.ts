import { FailureLimit, rateLimit } from '../../src/platform/graphql/rate-limit.js';

describe('rateLimit', () => {
  it('lets a burst through, then the rate, each key for itself', () => {
    let now = 0;
    const take = rateLimit({ perSecond: 2, burst: 3 }, () => now);
    for (let request = 0; request < 3; request += 1) take('a');
    expect(() => take('a')).toThrow(
      expect.objectContaining({ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 0.5 } }),
    );
    take('b');
    now += 500;
    take('a');
    expect(() => take('a')).toThrow(/Too many requests/);
    now += 60_000;
    for (let request = 0; request < 3; request += 1) take('a');
    expect(() => take('a')).toThrow();
  });
});

describe('FailureLimit', () => {
  it('counts failures only, each name for itself, and has what was overdrawn waited off', () => {
    let now = 0;
    const limit = new FailureLimit('failures', { perSecond: 2, burst: 2 }, () => now);
    for (let each = 0; each < 100; each += 1) expect(limit.refusal('a')).toBeNull();
    for (let each = 0; each < 4; each += 1) limit.failed('a');
    expect(limit.refusal('a')).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'Too many failures: 2 a second are allowed. Retry after 1.5 s.',
    });
    expect(limit.refusal('b')).toBeNull();
    now += 1_400;
    expect(limit.refusal('a')).not.toBeNull();
    now += 100;
    expect(limit.refusal('a')).toBeNull();
  });
});
