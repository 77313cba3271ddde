import { rateLimit } from '../../src/platform/graphql/rate-limit.js';

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
