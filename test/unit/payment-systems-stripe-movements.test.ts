import fc from 'fast-check';
import type Stripe from 'stripe';
import { roundedFromStripe } from '../../src/features/payment-systems/stripe-amounts.js';
import { balanceMovement, payoutSnapshot } from '../../src/features/payment-systems/stripe-movement-snapshots.js';
import { StripeMovements } from '../../src/features/payment-systems/stripe-movements.js';
import type { Currency } from '../../src/kernel/currency.js';
import { Money } from '../../src/kernel/money.js';

type Source = Partial<Stripe.Charge> | Partial<Stripe.Refund> | Partial<Stripe.Dispute> | Partial<Stripe.Payout>;

function aTransaction(
  changes: Partial<Omit<Stripe.BalanceTransaction, 'source'>> = {},
  source: Source | string | null = aCharge(),
): Stripe.BalanceTransaction {
  const amount = changes.amount ?? 1000;
  const fee = changes.fee ?? 0;
  return {
    id: 'txn_1',
    object: 'balance_transaction',
    amount,
    available_on: 1_800_172_800,
    balance_type: 'payments',
    created: 1_800_000_000,
    currency: 'eur',
    description: null,
    exchange_rate: null,
    fee,
    fee_details: [],
    net: amount - fee,
    reporting_category: 'charge',
    source: source as Stripe.BalanceTransaction['source'],
    status: 'pending',
    type: 'charge',
    ...changes,
  };
}

function aCharge(changes: Partial<Stripe.Charge> = {}): Partial<Stripe.Charge> {
  const amounts = { amount: 1000, amount_captured: 1000, currency: 'eur' };
  return { id: 'ch_1', object: 'charge', payment_intent: 'pi_1', metadata: {}, ...amounts, ...changes };
}

const money = (minor: bigint, currency: string) => Money.of(minor, currency as Currency);

describe('a movement of the balance', () => {
  it('says what came in, what was kept, and from when on the rest is there', () => {
    const metadata = {
      quittance_operator: 'o',
      quittance_merchant: 'm',
      quittance_order: 'r',
      quittance_transaction: 't',
    };
    expect(balanceMovement(aTransaction({ fee: 59, description: 'Boots' }, aCharge({ metadata })))).toEqual({
      externalId: 'txn_1',
      kind: 'CAPTURE',
      amount: money(1000n, 'EUR'),
      fee: money(59n, 'EUR'),
      net: money(941n, 'EUR'),
      original: money(1000n, 'EUR'),
      availableAt: new Date(1_800_172_800_000),
      occurredAt: new Date(1_800_000_000_000),
      description: 'Boots',
      sourceExternalId: 'ch_1',
      paymentExternalId: 'pi_1',
      reference: { operatorId: 'o', merchantId: 'm', orderId: 'r', transactionId: 't' },
    });
  });

  it.each<[string, Stripe.BalanceTransaction.Type, string]>([
    ['charge', 'charge', 'CAPTURE'],
    ['charge', 'payment', 'CAPTURE'],
    ['refund', 'refund', 'REFUND'],
    ['refund', 'payment_refund', 'REFUND'],
    ['refund_failure', 'refund_failure', 'REFUND_FAILURE'],
    ['refund_failure', 'payment_failure_refund', 'REFUND_FAILURE'],
    ['refund_failure', 'adjustment', 'REFUND_FAILURE'],
    ['charge_failure', 'payment_failure_refund', 'CAPTURE_FAILURE'],
    ['charge_failure', 'payment_reversal', 'CAPTURE_FAILURE'],
    ['partial_capture_reversal', 'refund', 'CAPTURE_FAILURE'],
    ['dispute', 'adjustment', 'DISPUTE'],
    ['dispute_reversal', 'adjustment', 'DISPUTE_REVERSAL'],
    ['payout', 'payout', 'PAYOUT'],
    ['payout_reversal', 'payout_failure', 'PAYOUT_FAILURE'],
    ['payout_reversal', 'payout_cancel', 'PAYOUT_FAILURE'],
    ['something_new', 'payout', 'PAYOUT'],
    ['other_adjustment', 'adjustment', 'OTHER'],
    ['fee', 'stripe_fee', 'OTHER'],
    ['topup', 'topup', 'OTHER'],
  ])('of the category %s and the type %s is %s', (reporting_category, type, kind) => {
    expect(balanceMovement(aTransaction({ reporting_category, type })).kind).toBe(kind);
  });

  it('that does not add up is not taken in', () => {
    expect(() => balanceMovement(aTransaction({ fee: 59, net: 942 }))).toThrow('txn_1 of 1000 less 59 comes to 942');
  });

  it.each<[string, Source | string | null]>([
    ['a payout', { id: 'po_1', object: 'payout', currency: 'eur', amount: 1000 }],
    ['an object that was not expanded', 'ch_1'],
    ['nothing', null],
  ])('is about no payment when it comes of %s', (_name, source) => {
    const movement = balanceMovement(aTransaction({ amount: -1000 }, source));
    expect(movement).toMatchObject({ paymentExternalId: null, reference: null, original: money(-1000n, 'EUR') });
    expect(movement.sourceExternalId).toBe(typeof source === 'string' ? source : (source?.id ?? null));
  });

  it('of a refund or a dispute names the payment, and is not said to be ours', () => {
    const refund: Partial<Stripe.Refund> = { id: 're_1', object: 'refund', amount: 400, currency: 'eur' };
    const about = { payment_intent: 'pi_1', metadata: { quittance_transaction: 't' } };
    const movement = balanceMovement(aTransaction({ amount: -400 }, { ...refund, ...about }));
    expect(movement).toMatchObject({ sourceExternalId: 're_1', paymentExternalId: 'pi_1', reference: null });
  });
});

describe('an amount in the currency of the payment', () => {
  const exchanged = (amount: number, exchange_rate: number | null, source: Source, currency = 'usd') =>
    balanceMovement(aTransaction({ amount, exchange_rate, currency }, source)).original;

  it('is the part of a hold that is taken back where only the charge says how much', () => {
    const charge = aCharge({ amount: 8_500, amount_captured: 5_000, currency: 'mdl' });
    const reversal = { reporting_category: 'partial_capture_reversal', exchange_rate: 0.05123 };
    expect(exchanged(435, 0.05123, charge)).toEqual(money(8_500n, 'MDL'));
    expect(balanceMovement(aTransaction({ amount: -179, ...reversal }, charge)).original).toEqual(
      money(-3_500n, 'MDL'),
    );
  });

  it('is not another amount that is less than a thousandth away', () => {
    const charge = aCharge({ amount: 100_000, amount_captured: 100_000 });
    expect(exchanged(108_179, 1.08233, charge)).toEqual(money(99_950n, 'EUR'));
  });

  it('is what the charge captured, exactly, where a rate would be a unit off', () => {
    const charge = aCharge({ amount: 1_000_001, amount_captured: 1_000_001 });
    expect(exchanged(1_082_332, 1.08233, charge)).toEqual(money(1_000_001n, 'EUR'));
  });

  it('is the part of one of several captures', () => {
    const charge = aCharge({ amount: 10_000, amount_captured: 9_000 });
    expect(exchanged(6_494, 1.08233, charge)).toEqual(money(6_000n, 'EUR'));
    expect(exchanged(3_247, 1.08233, charge)).toEqual(money(3_000n, 'EUR'));
  });

  it('is the whole of a hold that was booked in full, and the part of it that is taken back', () => {
    const charge = aCharge({ amount: 1_000_001, amount_captured: 600_000 });
    expect(exchanged(1_082_332, 1.08233, charge)).toEqual(money(1_000_001n, 'EUR'));
    const release: Partial<Stripe.Refund> = { id: 're_1', object: 'refund', amount: 4_000, currency: 'eur' };
    expect(exchanged(-4_329, 1.08233, release)).toEqual(money(-4_000n, 'EUR'));
  });

  it.each<[string, Source, number, bigint]>([
    ['a refund', { id: 're_1', object: 'refund', amount: 500, currency: 'eur' }, -541, -500n],
    ['a failed refund', { id: 're_1', object: 'refund', amount: 500, currency: 'eur' }, 541, 500n],
    ['a dispute', { id: 'du_1', object: 'dispute', amount: 500, currency: 'eur' }, -541, -500n],
    ['a dispute over another amount', { id: 'du_1', object: 'dispute', amount: 480, currency: 'eur' }, -541, -500n],
  ])('of %s has the sign of the movement', (_name, source, amount, original) => {
    expect(exchanged(amount, 1.08233, source)).toEqual(money(original, 'EUR'));
  });

  it.each([
    ['jpy', 650, 0.6512, 998n],
    ['huf', 650, 0.278, 2338n],
    ['kwd', 650, 0.3251, 2000n],
    ['ugx', 650, 0.026543, 245n],
  ])('of several captures in %s is in whole steps of it', (currency, amount, rate, original) => {
    const charge = aCharge({ amount: 900_000, amount_captured: 900_000, currency });
    expect(exchanged(amount, rate, charge)).toEqual(money(original, currency.toUpperCase()));
  });

  it('is not guessed without a rate', () => {
    expect(() => exchanged(1082, null, aCharge())).toThrow('exchanged from EUR without a rate');
  });

  it('is found again from what Stripe makes of it, for any amount that the source says and any rate', () => {
    const given = fc.tuple(
      fc.integer({ min: 50, max: 99_999_999 }),
      fc.double({ min: 0.003, max: 400, noNaN: true }),
      fc.constantFrom(-1, 1),
    );
    fc.assert(
      fc.property(given, ([amount, exact, sign]) => {
        const rate = Number(exact.toPrecision(5));
        const settled = sign * Math.max(1, Math.round(amount * exact));
        const refund: Partial<Stripe.Refund> = { id: 're_1', object: 'refund', amount, currency: 'eur' };
        expect(exchanged(settled, rate, refund)).toEqual(money(BigInt(sign * amount), 'EUR'));
      }),
    );
  });
});

it('movements of which one cannot be read are read all the same, and that one is told', async () => {
  const odd = aTransaction({ id: 'txn_odd', currency: 'xyz' });
  async function* list() {
    yield* [aTransaction({ id: 'txn_last' }), odd, aTransaction({ id: 'txn_first' })];
  }
  const stripe = { balanceTransactions: { list } } as unknown as Stripe;
  const told: unknown[] = [];
  const movements = new StripeMovements(stripe, (error) => told.push(error), 500);
  const answer = await movements.list({ place: { before: null }, since: new Date(0) });
  expect(answer).toMatchObject({
    kind: 'done',
    value: {
      movements: [{ externalId: 'txn_first' }, { externalId: 'txn_last' }],
      unreadable: [{ externalId: 'txn_odd', reason: expect.stringMatching(/xyz/i) }],
      newest: 'txn_last',
      next: null,
    },
  });
  expect(told).toHaveLength(1);
});

describe('units that need not be whole', () => {
  it.each([
    [10.5, 'EUR', 11n],
    [-10.5, 'EUR', -11n],
    [10.49, 'EUR', 10n],
    [0.4, 'EUR', 0n],
    [549, 'ISK', 5n],
    [550, 'ISK', 6n],
    [5124, 'KWD', 5120n],
    [12.4, 'MGA', 1200n],
  ])('%d of %s go to the nearest step', (units, currency, minor) => {
    expect(roundedFromStripe(units, currency as Currency)).toEqual(money(minor, currency));
  });
});

describe('a payout', () => {
  const aPayout = (changes: Partial<Stripe.Payout>) =>
    ({
      id: 'po_1',
      object: 'payout',
      amount: 5000,
      currency: 'eur',
      automatic: true,
      arrival_date: 1_800_000_000,
      status: 'paid',
      failure_code: null,
      failure_message: null,
      ...changes,
    }) as Stripe.Payout;

  it.each([
    ['pending', 'PENDING'],
    ['in_transit', 'IN_TRANSIT'],
    ['paid', 'PAID'],
    ['failed', 'FAILED'],
    ['canceled', 'CANCELED'],
  ])('%s is %s', (status, state) => expect(payoutSnapshot(aPayout({ status })).state).toBe(state));

  it('says how much arrives when, and why not', () => {
    const failed = { status: 'failed', failure_code: 'account_closed', failure_message: 'Closed.', automatic: false };
    expect(payoutSnapshot(aPayout(failed))).toEqual({
      externalId: 'po_1',
      amount: money(5000n, 'EUR'),
      state: 'FAILED',
      automatic: false,
      arrivesAt: new Date(1_800_000_000_000),
      failureReason: 'account_closed',
    });
    expect(payoutSnapshot(aPayout({ failure_message: 'Closed.' })).failureReason).toBe('Closed.');
  });

  it('in a state that nobody knows is not guessed', () => {
    expect(() => payoutSnapshot(aPayout({ status: 'lost' }))).toThrow('unknown status lost');
  });
});
