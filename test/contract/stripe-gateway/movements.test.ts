import type { BalanceMovement, EventPlace } from '../../../src/features/payment-systems/payment-system.js';
import { stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { later } from '../../../src/kernel/clock.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { amountOf, confirmation, done, GatewayUnderTest, STORING } from './gateway-under-test.js';

let test: GatewayUnderTest;
beforeEach(async () => {
  test = await GatewayUnderTest.start();
});
afterEach(async () => {
  await test.close();
  expect(test.unexpected).toEqual([]);
});

const NEWEST: EventPlace = { before: null };
const DAY_S = 86_400;

/** All there is, as a reader of pages comes by it: as the list has it, page by page. */
async function pagesFrom(place: EventPlace, pageMax: number, since = new Date(0)): Promise<BalanceMovement[][]> {
  const system = test.systemWith(test.account.secretKey, pageMax);
  const pages: BalanceMovement[][] = [];
  let next: EventPlace | null = place;
  while (next !== null && pages.length < 20) {
    const page: { movements: readonly BalanceMovement[]; next: EventPlace | null } = done(
      await system.listMovements({ place: next, since }),
    );
    pages.push([...page.movements]);
    next = page.next;
  }
  return pages;
}

async function movements(): Promise<readonly BalanceMovement[]> {
  return (await pagesFrom(NEWEST, 500)).flat();
}

function refunded(paymentExternalId: string, amount: string) {
  const request = { paymentExternalId, amount: amountOf(amount), reason: 'PAYER', transactionId: newUuid() } as const;
  return test.gateway.refund(request, newUuid());
}

async function chargeOf(payment: { readonly externalId: string }): Promise<string> {
  const [captured] = (await movements()).filter(({ paymentExternalId }) => paymentExternalId === payment.externalId);
  return captured?.sourceExternalId ?? '';
}

describe('what moves on the balance', () => {
  it('is a capture with its fee, our ids, and the day from which it may be paid out', async () => {
    const payment = await test.paid({ description: 'Boots' });
    const now = test.sandbox.control.now();
    const [capture, ...others] = await movements();
    expect(others).toEqual([]);
    expect(capture).toMatchObject({
      externalId: expect.stringMatching(/^txn_/),
      kind: 'CAPTURE',
      amount: amountOf('100.00'),
      fee: amountOf('3.20'),
      net: amountOf('96.80'),
      original: amountOf('100.00'),
      sourceExternalId: expect.stringMatching(/^ch_/),
      paymentExternalId: payment.externalId,
      reference: payment.reference,
    });
    expect(capture?.availableAt.getTime()).toBeGreaterThan(now.getTime());
    expect(capture?.occurredAt.getTime()).toBeLessThanOrEqual(now.getTime());
  });

  it('is nothing for a hold, and one movement for each capture of it', async () => {
    const { externalId } = await test.held();
    expect(await movements()).toEqual([]);
    for (const [amount, final] of [
      ['60.00', false],
      ['30.00', true],
    ] as const) {
      const request = { externalId, amount: amountOf(amount), final, transactionId: newUuid() };
      done(await test.gateway.capture(request, newUuid()));
    }
    expect(await movements()).toMatchObject([
      { kind: 'CAPTURE', amount: amountOf('60.00'), original: amountOf('60.00'), paymentExternalId: externalId },
      { kind: 'CAPTURE', amount: amountOf('30.00'), original: amountOf('30.00'), paymentExternalId: externalId },
    ]);
  });

  it('is nothing for a hold that was let go', async () => {
    const { externalId } = await test.held();
    done(await test.gateway.voidPayment({ externalId, reason: 'PAYER' }, newUuid()));
    expect(await movements()).toEqual([]);
  });

  it('is a refund, and the same back when it fails', async () => {
    const { externalId } = await test.paid({ token: 'pm_card_refundFail' });
    const refund = done(await refunded(externalId, '40.00'));
    test.sandbox.control.advanceClock({ seconds: 30 * DAY_S });
    done(await test.gateway.retrieveRefund(refund.externalId));
    const about = { sourceExternalId: refund.externalId, paymentExternalId: externalId, fee: amountOf('0.00') };
    expect((await movements()).slice(1)).toMatchObject([
      { kind: 'REFUND', amount: amountOf('-40.00'), original: amountOf('-40.00'), reference: null, ...about },
      { kind: 'REFUND_FAILURE', amount: amountOf('40.00'), original: amountOf('40.00'), reference: null, ...about },
    ]);
  });

  it('is a dispute with its fee, and the same back without the fee when it is won', async () => {
    const payment = await test.paid();
    const { id } = test.sandbox.control.createDispute(await chargeOf(payment));
    test.sandbox.control.resolveDispute(id, 'won');
    const about = { sourceExternalId: id, paymentExternalId: payment.externalId, reference: null };
    expect((await movements()).slice(1)).toMatchObject([
      { kind: 'DISPUTE', amount: amountOf('-100.00'), fee: amountOf('15.00'), net: amountOf('-115.00'), ...about },
      { kind: 'DISPUTE_REVERSAL', amount: amountOf('100.00'), fee: amountOf('0.00'), ...about },
    ]);
  });

  it('is a bank debit once the bank has paid', async () => {
    const externalCustomerId = await test.customer();
    const payment = await test.prepared({ token: 'pm_success_de', externalCustomerId, initiation: STORING });
    const mandate = { acceptedAt: new Date(), ipAddress: '203.0.113.7', userAgent: 'Firefox' };
    const request = confirmation(payment.externalId, { initiation: STORING, mandate });
    done(await test.gateway.confirmPayment(request, newUuid()));
    expect(await movements()).toEqual([]);
    test.sandbox.control.advanceClock({ seconds: 7 * DAY_S });
    expect(await movements()).toMatchObject([
      { kind: 'CAPTURE', sourceExternalId: expect.stringMatching(/^py_/), reference: payment.reference },
    ]);
  });
});

describe('what was exchanged', () => {
  const settleIn = (currency: string, rates: Record<string, number>) =>
    test.sandbox.control.setSettlement(test.account.accountId, { currency, rates });

  it('is in the currency of the account, fee and all, and exactly in that of the payment', async () => {
    settleIn('usd', { eur: 1.08233 });
    const { externalId } = await test.paid({ amount: amountOf('9876.54') });
    done(await refunded(externalId, '0.99'));
    expect(await movements()).toMatchObject([
      {
        kind: 'CAPTURE',
        amount: amountOf('10689.68', 'USD'),
        fee: { currency: 'USD' },
        net: { currency: 'USD' },
        original: amountOf('9876.54'),
      },
      { kind: 'REFUND', amount: amountOf('-1.07', 'USD'), original: amountOf('-0.99') },
    ]);
  });

  it('is each part of what was captured in parts', async () => {
    settleIn('usd', { eur: 1.08233 });
    const { externalId } = await test.held();
    for (const [amount, final] of [
      ['60.00', false],
      ['30.00', true],
    ] as const) {
      const request = { externalId, amount: amountOf(amount), final, transactionId: newUuid() };
      done(await test.gateway.capture(request, newUuid()));
    }
    expect(await movements()).toMatchObject([
      { amount: amountOf('64.94', 'USD'), original: amountOf('60.00') },
      { amount: amountOf('32.47', 'USD'), original: amountOf('30.00') },
    ]);
  });

  it.each([
    ['usd', { jpy: 0.0067 }, 'JPY', '10001', 'USD', '67.01'],
    ['eur', { kwd: 2.81 }, 'KWD', '12.340', 'EUR', '34.68'],
    ['eur', { isk: 0.0068 }, 'ISK', '12345', 'EUR', '83.95'],
  ])('into %s by %j is %s %s', async (settled, rates, currency, amount, into, exchanged) => {
    settleIn(settled, rates);
    await test.paid({ amount: amountOf(amount, currency) });
    expect(await movements()).toMatchObject([
      { amount: amountOf(exchanged, into), original: amountOf(amount, currency) },
    ]);
  });

  it('is a dispute, and what comes back of it at a better rate', async () => {
    settleIn('usd', { eur: 1.08233 });
    const payment = await test.paid();
    const { id } = test.sandbox.control.createDispute(await chargeOf(payment));
    settleIn('usd', { eur: 1.1 });
    test.sandbox.control.resolveDispute(id, 'won');
    expect((await movements()).slice(1)).toMatchObject([
      { kind: 'DISPUTE', amount: amountOf('-108.23', 'USD'), original: amountOf('-100.00') },
      { kind: 'DISPUTE_REVERSAL', amount: amountOf('110.00', 'USD'), original: amountOf('100.00') },
    ]);
  });
});

describe('what no payment caused', () => {
  it('is other', async () => {
    const { accountId } = test.account;
    test.sandbox.control.bookMovement(accountId, { type: 'stripe_fee', amount: -250, currency: 'eur' });
    test.sandbox.control.bookMovement(accountId, { type: 'adjustment', amount: 100, currency: 'eur' });
    const none = { kind: 'OTHER', sourceExternalId: null, paymentExternalId: null, reference: null };
    expect(await movements()).toMatchObject([
      { amount: amountOf('-2.50'), original: amountOf('-2.50'), ...none },
      { amount: amountOf('1.00'), original: amountOf('1.00'), ...none },
    ]);
  });
});

describe('a payout', () => {
  const payOut = () => {
    test.sandbox.control.advanceClock({ seconds: 3 * DAY_S });
    const [payout] = test.sandbox.control.payOut(test.account.accountId);
    return payout?.id ?? '';
  };
  const seen = async (id: string) => done(await test.systemWith(test.account.secretKey).retrievePayout(id));

  it('is under way, then paid, and may come back even so', async () => {
    await test.paid();
    const externalId = payOut();
    const pending = { externalId, amount: amountOf('96.80'), automatic: true, failureReason: null };
    expect(await seen(externalId)).toEqual({ ...pending, state: 'PENDING', arrivesAt: expect.any(Date) });
    test.sandbox.control.movePayout(externalId, 'in_transit');
    expect((await seen(externalId)).state).toBe('IN_TRANSIT');
    test.sandbox.control.movePayout(externalId, 'paid');
    expect((await seen(externalId)).state).toBe('PAID');
    test.sandbox.control.failPayout(externalId, 'account_closed');
    expect(await seen(externalId)).toMatchObject({ state: 'FAILED', failureReason: 'account_closed' });
    expect((await movements()).slice(1)).toMatchObject([
      { kind: 'PAYOUT', amount: amountOf('-96.80'), sourceExternalId: externalId, paymentExternalId: null },
      { kind: 'PAYOUT_FAILURE', amount: amountOf('96.80'), sourceExternalId: externalId, paymentExternalId: null },
    ]);
  });

  it('by hand may be called back, and never says what it consists of', async () => {
    await test.paid();
    test.sandbox.control.advanceClock({ seconds: 3 * DAY_S });
    const stripe = stripeClient(test.account.secretKey, test.address);
    const { id } = await stripe.payouts.create({ amount: 5000, currency: 'eur' });
    await stripe.payouts.cancel(id);
    const search = { place: NEWEST, since: new Date(0), payoutExternalId: id };
    expect(await test.systemWith(test.account.secretKey).listMovements(search)).toMatchObject({ kind: 'refused' });
    expect(await seen(id)).toMatchObject({ amount: amountOf('50.00'), state: 'CANCELED', automatic: false });
    expect((await movements()).slice(1)).toMatchObject([
      { kind: 'PAYOUT', amount: amountOf('-50.00'), fee: amountOf('0.00') },
      { kind: 'PAYOUT_FAILURE', amount: amountOf('50.00') },
    ]);
  });

  it('by schedule says what it consists of once it has arrived, itself included, and nothing of what came after', async () => {
    const { externalId: paid } = await test.paid();
    done(await refunded(paid, '10.00'));
    const payoutExternalId = payOut();
    await test.paid();
    const system = test.systemWith(test.account.secretKey);
    const search = { place: NEWEST, since: new Date(0), payoutExternalId };
    expect(done(await system.listMovements(search))).toEqual({
      movements: [],
      unreadable: [],
      newest: null,
      next: null,
    });
    test.sandbox.control.movePayout(payoutExternalId, 'paid');
    const { movements: parts, next } = done(await system.listMovements(search));
    expect(next).toBeNull();
    expect(parts).toMatchObject([
      { kind: 'CAPTURE', paymentExternalId: paid },
      { kind: 'REFUND', paymentExternalId: paid },
      { kind: 'PAYOUT', sourceExternalId: payoutExternalId },
    ]);
    expect(parts.reduce((sum, { net }) => sum.plus(net), amountOf('0.00'))).toEqual(amountOf('0.00'));
  });

  it('that does not exist is refused', async () => {
    const answer = await test.systemWith(test.account.secretKey).retrievePayout('po_none');
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: 'resource_missing' } });
  });
});

describe('reading what moved', () => {
  const idsOf = (pages: readonly (readonly BalanceMovement[])[]) =>
    pages.map((page) => page.map(({ externalId }) => externalId));

  async function fiveMovements(): Promise<readonly string[]> {
    for (let count = 0; count < 5; count += 1) await test.paid();
    return (await movements()).map(({ externalId }) => externalId);
  }

  it('goes from the newest backwards, each page with its oldest first', async () => {
    const [first, second, third, fourth, fifth] = await fiveMovements();
    expect(idsOf(await pagesFrom(NEWEST, 2))).toEqual([[fourth, fifth], [second, third], [first]]);
  });

  it('goes on from the last one that is known', async () => {
    const [first, second, third, fourth, fifth] = await fiveMovements();
    expect(idsOf(await pagesFrom({ after: first ?? '' }, 2))).toEqual([[second, third], [fourth, fifth], []]);
    expect(idsOf(await pagesFrom({ after: fifth ?? '' }, 2))).toEqual([[]]);
  });

  it('on the way back ends where it is told to', async () => {
    await test.paid();
    test.sandbox.control.advanceClock({ seconds: DAY_S });
    const since = later(test.sandbox.control.now(), -60_000);
    const { externalId } = await test.paid();
    expect((await pagesFrom(NEWEST, 500, since)).flat()).toMatchObject([{ paymentExternalId: externalId }]);
  });

  it('is refused with keys that were taken back', async () => {
    const system = test.systemWith(test.account.secretKey);
    test.sandbox.control.revokeKey(test.account.secretKey);
    const answer = await system.listMovements({ place: NEWEST, since: new Date(0) });
    expect(answer).toMatchObject({ kind: 'refused', refusal: { keysRejected: true } });
  });
});
