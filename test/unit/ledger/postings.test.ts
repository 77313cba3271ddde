import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_MONEY } from '../../../src/features/ledger/domain/order-money.js';
import {
  accountPostings,
  availabilityPosting,
  disputePostings,
  followingPostings,
  type Movement,
  orderPosting,
  type Posting,
  settlementPosting,
} from '../../../src/features/ledger/domain/postings.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { Money } from '../../../src/kernel/money.js';

const usd = (minor: bigint) => Money.of(minor, 'USD' as Currency);
const eur = (minor: bigint) => Money.of(minor, 'EUR' as Currency);

function movement(kind: string, amount: Money, fee: Money, original = amount): Movement {
  return { kind, amount, fee, net: amount.minus(fee), original };
}

function inWords(postings: readonly Posting[]): string[] {
  return postings.flatMap(({ kind, lines }) => lines.map(({ account, amount }) => `${kind} ${account} ${amount}`));
}

const signed = fc.bigInt(-10_000n, 10_000n);
const money = fc.record({ captured: signed, refunded: signed, disputed: signed, unavailable: signed });

describe('every posting', () => {
  it('comes to nothing in each currency, and has no line of nothing', () => {
    fc.assert(
      fc.property(money, money, signed, signed, signed, (before, after, amount, fee, original) => {
        const exchanged = movement('DISPUTE', usd(amount), usd(fee), eur(original));
        const disputed = { ...before, disputed: before.disputed - original };
        const postings = [
          orderPosting('CAPTURE', before, after, usd),
          availabilityPosting(before, { ...before, unavailable: after.unavailable }, usd),
          ...followingPostings(exchanged),
          ...disputePostings(exchanged, before, disputed),
          ...disputePostings(movement('DISPUTE_REVERSAL', eur(original), eur(fee)), before, disputed),
          ...accountPostings(movement('PAYOUT', usd(amount), usd(fee))),
          ...accountPostings(movement('OTHER', usd(amount), usd(fee))),
          settlementPosting(usd(amount), usd(fee)),
        ];
        for (const { lines } of postings) {
          for (const currency of ['USD', 'EUR']) {
            const of = lines.filter((line) => line.amount.currency === currency);
            expect(of.reduce((sum, line) => sum + line.amount.minor, 0n)).toBe(0n);
          }
          expect(lines.every((line) => !line.amount.isZero())).toBe(true);
        }
      }),
    );
  });
});

describe('a movement', () => {
  it('of a capture in the same currency adds its fee', () => {
    expect(inWords(followingPostings(movement('CAPTURE', usd(10_000n), usd(320n))))).toEqual([
      'FEE FEES -3.20 USD',
      'FEE CLEARING 3.20 USD',
    ]);
  });

  it('without a fee adds nothing', () => {
    expect(followingPostings(movement('REFUND', usd(-10_000n), usd(0n)))).toEqual([]);
  });

  it('in another currency goes through the exchange', () => {
    expect(inWords(followingPostings(movement('CAPTURE', usd(11_000n), usd(349n), eur(10_000n))))).toEqual([
      'EXCHANGE CLEARING 100.00 EUR',
      'EXCHANGE EXCHANGE -100.00 EUR',
      'EXCHANGE EXCHANGE 110.00 USD',
      'EXCHANGE CLEARING -110.00 USD',
      'FEE FEES -3.49 USD',
      'FEE CLEARING 3.49 USD',
    ]);
  });

  it('of a dispute takes the money from the merchant, too', () => {
    const before = { ...NO_MONEY, captured: 10_000n };
    const after = { ...before, disputed: 10_000n };
    expect(inWords(disputePostings(movement('DISPUTE', usd(-10_000n), usd(1_500n)), before, after))).toEqual([
      'DISPUTE AVAILABLE -100.00 USD',
      'DISPUTE CLEARING 100.00 USD',
      'FEE FEES -15.00 USD',
      'FEE CLEARING 15.00 USD',
    ]);
  });

  it('of a dispute that is won gives it back', () => {
    const after = { ...NO_MONEY, captured: 10_000n };
    const won = movement('DISPUTE_REVERSAL', usd(10_000n), usd(0n));
    expect(inWords(disputePostings(won, { ...after, disputed: 10_000n }, after))).toEqual([
      'DISPUTE_REVERSAL AVAILABLE 100.00 USD',
      'DISPUTE_REVERSAL CLEARING -100.00 USD',
    ]);
  });

  it('of a payout that failed comes back', () => {
    expect(inWords(accountPostings(movement('PAYOUT_FAILURE', usd(50_000n), usd(0n))))).toEqual([
      'PAYOUT_FAILURE PAYOUTS 500.00 USD',
      'PAYOUT_FAILURE CLEARING -500.00 USD',
    ]);
  });

  it('of a payout leaves the payment system, with its fee', () => {
    expect(inWords(accountPostings(movement('PAYOUT', usd(-50_000n), usd(25n))))).toEqual([
      'PAYOUT PAYOUTS -500.00 USD',
      'PAYOUT OTHER -0.25 USD',
      'PAYOUT CLEARING 500.25 USD',
    ]);
  });

  it('of anything else is the operator’s', () => {
    expect(inWords(accountPostings(movement('OTHER', usd(-700n), usd(0n))))).toEqual([
      'OTHER OTHER -7.00 USD',
      'OTHER CLEARING 7.00 USD',
    ]);
  });
});

it('what was pending becomes available between the merchant’s own balances', () => {
  const before = { ...NO_MONEY, captured: 10_000n, unavailable: 4_000n };
  const posting = availabilityPosting(before, { ...before, unavailable: 1_000n }, usd);
  expect(inWords([posting])).toEqual(['AVAILABILITY PENDING -30.00 USD', 'AVAILABILITY AVAILABLE 30.00 USD']);
});

it('a settlement takes amount and fees from what is available', () => {
  expect(inWords([settlementPosting(usd(9_000n), usd(320n))])).toEqual([
    'SETTLEMENT AVAILABLE -93.20 USD',
    'SETTLEMENT SETTLEMENTS 90.00 USD',
    'SETTLEMENT FEES 3.20 USD',
  ]);
});
