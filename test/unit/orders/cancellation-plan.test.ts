import fc from 'fast-check';
import { cancellationPlan } from '../../../src/features/orders/domain/cancellation-plan.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { Money } from '../../../src/kernel/money.js';

const eur = (minor: bigint) => Money.of(minor, 'EUR' as Currency);

function plan(held: bigint, refundable: bigint, amount: bigint | null): readonly string[] {
  const steps = cancellationPlan(eur(held), eur(refundable), amount === null ? null : eur(amount));
  return steps.map((step) => `${step.type} ${step.amount.minor} ${step.effect}`);
}

describe('a cancellation', () => {
  it.each([
    ['releases a whole hold', 100n, 0n, null, ['VOID 100 NOW']],
    ['releases a whole hold by its amount', 100n, 0n, 100n, ['VOID 100 NOW']],
    ['writes down a part of a hold', 100n, 0n, 40n, ['VOID 40 WITH_CAPTURE']],
    ['refunds what was captured', 0n, 100n, null, ['REFUND 100 NOW']],
    ['refunds a part', 0n, 100n, 1n, ['REFUND 1 NOW']],
    ['does both when all is to go', 40n, 60n, null, ['VOID 40 NOW', 'REFUND 60 NOW']],
    ['releases first, since that costs nobody a fee', 40n, 60n, 50n, ['VOID 40 NOW', 'REFUND 10 NOW']],
    ['leaves the captured alone while the hold is enough', 40n, 60n, 40n, ['VOID 40 NOW']],
    ['leaves the captured alone while a part of the hold is enough', 40n, 60n, 39n, ['VOID 39 WITH_CAPTURE']],
    ['is nothing where there is nothing', 0n, 0n, null, []],
  ])('%s', (_, held, refundable, amount, steps) => {
    expect(plan(held, refundable, amount)).toEqual(steps);
  });

  it('is refused above what there is, with every number that explains it', () => {
    expect(() => plan(4000n, 6000n, 10_001n)).toThrow(
      expect.objectContaining({
        code: 'AMOUNT_EXCEEDS_AVAILABLE',
        message:
          'amount: 100.01 EUR is more than the 100.00 EUR that can be cancelled (40.00 EUR held, 60.00 EUR captured and not refunded)',
      }),
    );
    expect(() => plan(0n, 0n, 1n)).toThrow(expect.objectContaining({ code: 'AMOUNT_EXCEEDS_AVAILABLE' }));
  });

  it('is of one currency', () => {
    const usd = Money.of(1n, 'USD' as Currency);
    expect(() => cancellationPlan(eur(1n), eur(1n), usd)).toThrow(
      expect.objectContaining({ code: 'CURRENCY_MISMATCH' }),
    );
  });

  it('comes to its amount, voids before it refunds, and waits only with a part of a hold', () => {
    const amounts = fc.bigInt({ min: 0n, max: 300n });
    fc.assert(
      fc.property(amounts, amounts, fc.option(amounts), (held, refundable, amount) => {
        if (amount !== null && amount > held + refundable) {
          expect(() => plan(held, refundable, amount)).toThrow();
          return;
        }
        const wanted = amount === null ? null : eur(amount);
        const steps = cancellationPlan(eur(held), eur(refundable), wanted);
        const sumOf = (type: string) => steps.reduce((sum, s) => sum + (s.type === type ? s.amount.minor : 0n), 0n);

        expect(sumOf('VOID') + sumOf('REFUND')).toBe(amount ?? held + refundable);
        expect(sumOf('VOID')).toBeLessThanOrEqual(held);
        expect(sumOf('REFUND')).toBeLessThanOrEqual(refundable);
        expect(steps.every((step) => step.amount.minor > 0n)).toBe(true);
        expect([[], ['VOID'], ['REFUND'], ['VOID', 'REFUND']]).toContainEqual(steps.map(({ type }) => type));
        for (const { type, effect, amount: part } of steps) {
          expect(effect === 'WITH_CAPTURE').toBe(type === 'VOID' && part.minor < held);
        }
        // Refunding while a part of the hold is left would cost a fee for nothing.
        if (sumOf('REFUND') > 0n) expect(sumOf('VOID')).toBe(held);
      }),
    );
  });
});
