import type { BalanceMovement, EventPlace } from '../../../src/features/payment-systems/payment-system.js';
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

  it('asks for those of one payout alone where it is told to', async () => {
    await test.paid();
    const system = test.systemWith(test.account.secretKey);
    await system.listMovements({ place: NEWEST, since: new Date(0), payoutExternalId: 'po_1' });
    expect(test.sandbox.control.requests({ path: '/balance_transactions' }).at(-1)).toMatchObject({
      method: 'GET',
      params: { payout: 'po_1' },
    });
  });

  it('is refused with keys that were taken back', async () => {
    const system = test.systemWith(test.account.secretKey);
    test.sandbox.control.revokeKey(test.account.secretKey);
    const answer = await system.listMovements({ place: NEWEST, since: new Date(0) });
    expect(answer).toMatchObject({ kind: 'refused', refusal: { keysRejected: true } });
  });
});
