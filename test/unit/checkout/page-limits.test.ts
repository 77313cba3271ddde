import { describe, expect, it } from '@jest/globals';
import { PageLimits } from '../../../src/features/checkout/page-limits.js';

const LIMITED = expect.objectContaining({ code: 'RATE_LIMITED' });

/** How often it went well before it was refused. */
function takenFrom(act: () => void): number {
  for (let taken = 0; taken < 10_000; taken += 1) {
    try {
      act();
    } catch (error) {
      expect(error).toEqual(LIMITED);
      return taken;
    }
  }
  throw new Error('it was never refused');
}

describe('how often the pages may be asked', () => {
  it('is counted for each order, looks and steps apart', () => {
    let now = 0;
    const limits = new PageLimits(() => now);
    expect(takenFrom(() => limits.visit('a', 'POST'))).toBe(10);
    expect(takenFrom(() => limits.visit('a', 'GET'))).toBe(60);
    limits.visit('b', 'POST');
    now += 1_000;
    expect(takenFrom(() => limits.visit('a', 'POST'))).toBe(2);
    expect(takenFrom(() => limits.visit('a', 'HEAD'))).toBe(10);
  });

  it('is counted for each form, however its signature is spelt, and for each merchant', () => {
    const limits = new PageLimits(() => 0);
    expect(takenFrom(() => limits.form('ab'))).toBe(20);
    expect(() => limits.form('AB')).toThrow(LIMITED);
    limits.form('cd');
    expect(takenFrom(() => limits.signedForm('m'))).toBe(500);
    limits.signedForm('n');
  });

  it('is counted for each address by what led nowhere, and for a whole network where one subscriber has it', () => {
    const limits = new PageLimits(() => 0);
    const stray = (address: string) => () => {
      limits.assertNoStray(address);
      limits.strayed(address);
    };
    expect(takenFrom(stray('192.0.2.1'))).toBe(100);
    expect(() => limits.assertNoStray('::ffff:192.0.2.1')).toThrow(LIMITED);
    limits.assertNoStray('192.0.2.2');
    expect(takenFrom(stray('2001:db8:1:2::1'))).toBe(100);
    expect(() => limits.assertNoStray('2001:db8:1:2:ffff::9')).toThrow(LIMITED);
    limits.assertNoStray('2001:db8:1:3::1');
    limits.assertNoStray('no address');
  });
});
