import fc from 'fast-check';
import {
  creditedTax,
  keptForBalance,
  refundableMoney,
  returnable,
} from '../../../src/features/invoices/domain/credit.js';
import { taxOf } from '../../../src/features/invoices/domain/item-amounts.js';

const rate = fc.option(
  fc
    .bigInt({ min: 0n, max: 1_000_000n })
    .map((parts) => `${parts / 10_000n}.${String(parts % 10_000n).padStart(4, '0')}`),
);
const item = fc.record({ net: fc.bigInt({ min: 1n, max: 10n ** 15n }), taxRate: rate });

/** Credits the shares of an item's net one after the other, the last of which may be all that is left. */
function credited(net: bigint, taxRate: string | null, shares: readonly bigint[]) {
  let left = { taxRate, netLeft: net, taxLeft: taxOf(net, taxRate) };
  const taxes: bigint[] = [];
  for (const share of shares) {
    const tax = creditedTax(left, share);
    taxes.push(tax);
    left = { taxRate, netLeft: left.netLeft - share, taxLeft: left.taxLeft - tax };
  }
  return { taxes, left };
}

/** A net cut into parts, each of them something. */
const cut = item.chain(({ net, taxRate }) =>
  fc
    .uniqueArray(fc.bigInt({ min: 1n, max: net > 1n ? net - 1n : 1n }), { maxLength: 12 })
    .map((marks) => marks.filter((mark) => mark < net).toSorted((one, other) => (one < other ? -1 : 1)))
    .map((marks) => ({
      net,
      taxRate,
      shares: [...marks, net].map((mark, index) => mark - (marks[index - 1] ?? 0n)),
    })),
);

describe('the tax that goes back with a part of an item', () => {
  it.each([
    ['1000', '19.0000', 190n],
    ['1003', '19.0000', 191n],
    ['50', '19.0000', 10n],
    ['1', '19.0000', 0n],
    ['3', '19.0000', 1n],
    ['250', '7.5000', 19n],
    ['1000', null, 0n],
    ['1000', '0.0000', 0n],
  ])('is rounded as an item is, half a unit up: of %s at %s %%', (net, taxRate, tax) => {
    expect(creditedTax({ taxRate, netLeft: 10_000n, taxLeft: 10_000n }, BigInt(net))).toBe(tax);
  });

  it('is exactly what is left where all that is left goes back', () => {
    expect(creditedTax({ taxRate: '19.0000', netLeft: 50n, taxLeft: 9n }, 50n)).toBe(9n);
    expect(creditedTax({ taxRate: '19.0000', netLeft: 50n, taxLeft: 11n }, 50n)).toBe(11n);
  });

  it('is never more than is left of it: rounding up thrice does not make more of it', () => {
    // 3 × 0.03 at 19 %: 0.0057 is a cent each, but 0.09 has 0.02 of tax.
    const { taxes } = credited(9n, '19.0000', [3n, 3n, 3n]);
    expect(taxes).toEqual([1n, 1n, 0n]);
  });

  it('comes to the item’s tax, whatever its net is cut into', () => {
    fc.assert(
      fc.property(cut, ({ net, taxRate, shares }) => {
        const { taxes, left } = credited(net, taxRate, shares);
        expect(left).toMatchObject({ netLeft: 0n, taxLeft: 0n });
        expect(taxes.every((tax) => tax >= 0n)).toBe(true);
        expect(taxes.reduce((sum, tax) => sum + tax, 0n)).toBe(taxOf(net, taxRate));
      }),
    );
  });

  it('never exceeds the item’s tax before the last of it goes back', () => {
    fc.assert(
      fc.property(cut, fc.nat(), ({ net, taxRate, shares }, some) => {
        const { left } = credited(net, taxRate, shares.slice(0, some % shares.length));
        expect(left.taxLeft >= 0n && left.taxLeft <= taxOf(net, taxRate)).toBe(true);
      }),
    );
  });
});

describe('what of a paid invoice can go back', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n });
  const settled = fc.record({ paid: amount, creditApplied: amount, refunded: amount, toBalance: amount });

  it.each([
    ['all of it', { paid: 100n, creditApplied: 0n, refunded: 0n, toBalance: 0n }, 100n, 100n],
    ['no money that was credit', { paid: 70n, creditApplied: 30n, refunded: 0n, toBalance: 0n }, 70n, 100n],
    ['less what was refunded', { paid: 70n, creditApplied: 30n, refunded: 50n, toBalance: 0n }, 20n, 50n],
    ['less what became credit', { paid: 70n, creditApplied: 30n, refunded: 0n, toBalance: 60n }, 40n, 40n],
    ['nothing that came back', { paid: 0n, creditApplied: 0n, refunded: 0n, toBalance: 40n }, 0n, 0n],
  ])('is %s', (_, facts, money, all) => {
    expect([refundableMoney(facts), returnable(facts)]).toEqual([money, all]);
  });

  it('is kept as money only where credit was given for more than came as credit', () => {
    expect(keptForBalance({ creditApplied: 30n }, 50n)).toBe(20n);
    expect(keptForBalance({ creditApplied: 30n }, 30n)).toBe(0n);
    expect(keptForBalance({ creditApplied: 30n }, 10n)).toBe(0n);
  });

  it('is never more money than came, nor more in all than was given for it', () => {
    fc.assert(
      fc.property(settled, (facts) => {
        const money = refundableMoney(facts);
        expect(money >= 0n && money <= returnable(facts)).toBe(true);
        expect(money === 0n || money + facts.refunded <= facts.paid).toBe(true);
        const left = facts.paid + facts.creditApplied - facts.refunded - facts.toBalance;
        expect(returnable(facts)).toBe(left > 0n ? left : 0n);
      }),
    );
  });
});
