import { CARD_DATA_REFUSED } from '../../../src/features/payment-systems/payment-gateway.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { done, GatewayUnderTest } from './gateway-under-test.js';

let test: GatewayUnderTest;
beforeAll(async () => {
  test = await GatewayUnderTest.start();
});
afterAll(() => test.close());
afterEach(() => expect(test.unexpected).toEqual([]));

const CARD = { number: '4242424242424242', expiryMonth: 11, expiryYear: 2040, cvc: '123', holderName: 'P. Payer' };

/** A card that was verified, so that its customer has it. */
async function verified() {
  const { credential } = done(await test.confirmedVerification(await test.preparedVerification()));
  if (credential === null) throw new Error('verified without a card');
  return credential;
}

describe('exchanging card data for a token', () => {
  beforeAll(() => test.sandbox.control.setFeatures(test.account.accountId, { raw_card_data: true }));
  afterAll(() => test.sandbox.control.setFeatures(test.account.accountId, { raw_card_data: false }));

  it('gives a token that pays', async () => {
    const { token } = done(await test.gateway.tokenizeCard(CARD, newUuid()));
    expect(token).toMatch(/^pm_/);
    expect(await test.paid({ token })).toMatchObject({
      state: 'CAPTURED',
      credential: { lastFour: '4242', expiryMonth: 11, expiryYear: 2040 },
    });
  });

  it('takes a card without its security code and its holder', async () => {
    const bare = { ...CARD, cvc: null, holderName: null };
    expect(await test.gateway.tokenizeCard(bare, newUuid())).toMatchObject({ kind: 'done' });
  });

  it('is the same token for the same key', async () => {
    const first = done(await test.gateway.tokenizeCard(CARD, 'one-card'));
    expect(done(await test.gateway.tokenizeCard(CARD, 'one-card'))).toEqual(first);
  });

  it.each([
    ['a wrong number', { number: '4242424242424241' }, 'incorrect_number'],
    ['a date that is past', { expiryYear: 2020 }, 'invalid_expiry_year'],
    ['an odd security code', { cvc: '12345' }, 'invalid_cvc'],
  ])('is declined for %s, and no digit is in the answer', async (_name, changes, code) => {
    const answer = await test.gateway.tokenizeCard({ ...CARD, ...changes }, newUuid());
    expect(answer).toMatchObject({ kind: 'declined', decline: { code } });
    expect(JSON.stringify(answer)).not.toMatch(/\d/);
  });
});

describe('an account that may send no card data', () => {
  it('is told by a code of its own, and no digit is in the answer', async () => {
    const answer = await test.gateway.tokenizeCard(CARD, newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { code: CARD_DATA_REFUSED, keysRejected: false } });
    expect(JSON.stringify(answer)).not.toMatch(/\d/);
  });

  it('is not what a refusal for another reason looks like', async () => {
    const answer = await test.withKey('sk_test_nobodys').tokenizeCard(CARD, newUuid());
    expect(answer).toMatchObject({ kind: 'refused', refusal: { keysRejected: true } });
  });
});

describe('a means of payment', () => {
  it('is shown as it is now', async () => {
    const credential = await verified();
    expect(done(await test.gateway.retrieveCredential(credential.externalId))).toEqual(credential);
    test.sandbox.control.renewCard(credential.externalId, { expMonth: 3, expYear: 2042 });
    expect(done(await test.gateway.retrieveCredential(credential.externalId))).toEqual({
      ...credential,
      expiryMonth: 3,
      expiryYear: 2042,
    });
  });

  it('that was detached is none any more, and detaching it again is success', async () => {
    const { externalId } = await verified();
    for (const key of [newUuid(), newUuid()]) {
      expect(await test.gateway.detachCredential(externalId, key)).toEqual({ kind: 'done', value: null });
    }
    expect(await test.gateway.retrieveCredential(externalId)).toEqual({ kind: 'done', value: null });
  });

  it('that does not exist is none', async () => {
    expect(await test.gateway.retrieveCredential('pm_no_such')).toEqual({ kind: 'done', value: null });
    expect(await test.gateway.detachCredential('pm_no_such', newUuid())).toEqual({ kind: 'done', value: null });
  });

  it('is not taken for detached when nobody could say so', async () => {
    const { externalId } = await verified();
    await test.gateway.detachCredential(externalId, newUuid());
    test.sandbox.control.addFault({ kind: 'error_503', method: 'GET' });
    expect(await test.gateway.detachCredential(externalId, newUuid())).toMatchObject({ kind: 'refused' });
    test.sandbox.control.clearFaults();
  });
});
