import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { moneyMoved, type Share } from '../../../src/features/invoices/domain/moved-money.js';

const NONE: Share = { taken: 0n, spare: 0n };
const cents = fc.bigInt({ min: 0n, max: 1000n });

describe('money that came', () => {
  it('is for what is owed, and the rest is spare', () => {
    const moved = moneyMoved(NONE, { brought: 10n, gone: 0n, due: 6n });
    expect(moved).toEqual({ taken: 6n, spare: 4n, applied: 6n, surplus: 4n, lost: 0n });
  });

  it('counts once, however often it is told', () => {
    const share = moneyMoved(NONE, { brought: 10n, gone: 0n, due: 10n });
    const again = moneyMoved(share, { brought: 10n, gone: 3n, due: 10n });
    expect(again).toEqual({ ...share, applied: 0n, surplus: 0n, lost: 0n });
  });
});

describe('money that a bank took back', () => {
  it('is the invoice’s where what was spare is back with the payer already', () => {
    const share = { taken: 6n, spare: 4n };
    expect(moneyMoved(share, { brought: 4n, gone: 4n, due: 0n })).toMatchObject({ taken: 0n, spare: 4n, lost: 6n });
    expect(moneyMoved(share, { brought: 4n, gone: 0n, due: 0n })).toMatchObject({ taken: 4n, spare: 0n, lost: 2n });
  });

  it('and was won pays what is still owed, and the rest of it is too much', () => {
    const lost = moneyMoved({ taken: 10n, spare: 0n }, { brought: 4n, gone: 0n, due: 0n });
    expect(lost).toMatchObject({ taken: 4n, lost: 6n });
    // Another order paid the six meanwhile.
    expect(moneyMoved(lost, { brought: 10n, gone: 0n, due: 0n })).toMatchObject({
      taken: 4n,
      applied: 0n,
      surplus: 6n,
    });
    expect(moneyMoved(lost, { brought: 10n, gone: 0n, due: 2n })).toMatchObject({
      taken: 6n,
      applied: 2n,
      surplus: 4n,
    });
  });
});

it('is all accounted for, whatever comes, goes and is owed', () => {
  const news = fc.array(fc.record({ brought: cents, gone: cents, due: cents }), { maxLength: 8 });
  fc.assert(
    fc.property(news, (all) => {
      let share = NONE;
      let paid = 0n;
      for (const { brought, gone, due } of all) {
        const moved = moneyMoved(share, { brought, gone, due });
        paid += moved.applied - moved.lost;
        share = moved;
        expect(share.taken + share.spare).toBe(brought);
        expect(share.taken).toBe(paid);
        expect(moved.applied <= due && moved.surplus >= 0n && moved.lost >= 0n).toBe(true);
        expect(share.taken >= 0n && share.spare >= 0n).toBe(true);
        expect(moved.surplus === 0n || moved.applied === due).toBe(true);
      }
    }),
  );
});
