import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { newShop, refusalOf, SALE, sdk, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

describe('keys', () => {
  it('are refused when unknown or missing', async () => {
    const error = await refusalOf(sdk(sandbox.current, 'sk_test_nobodyatall1234').account.retrieveCurrent());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(error.message).toMatch(/^Invalid API Key provided: sk_test_\*+1234$/);
    const bare = await fetch(`${sandbox.current.url}/v1/account`);
    expect(bare.status).toBe(401);
    expect(await bare.text()).toContain('You did not provide an API key.');
  });

  it('are rolled and revoked', async () => {
    const shop = newShop(sandbox.current);
    const second = sandbox.current.control.rollKeys(shop.accountId);
    const other = sdk(sandbox.current, second.secretKey);
    expect(await other.account.retrieveCurrent()).toMatchObject({ id: shop.accountId });
    sandbox.current.control.revokeKey(shop.secretKey);
    expect(await refusalOf(shop.stripe.account.retrieveCurrent())).toMatchObject({
      type: 'StripeAuthenticationError',
      code: 'api_key_expired',
    });
    expect(await other.account.retrieveCurrent()).toMatchObject({ id: shop.accountId });
  });

  it('keep accounts and modes apart', async () => {
    const shop = newShop(sandbox.current);
    const customer = await shop.stripe.customers.create();
    const stranger = newShop(sandbox.current);
    expect(await refusalOf(stranger.stripe.customers.retrieve(customer.id))).toMatchObject({
      statusCode: 404,
      message: `No such customer: '${customer.id}'`,
    });
    const live = sdk(sandbox.current, sandbox.current.control.rollKeys(shop.accountId, { livemode: true }).secretKey);
    expect((await refusalOf(live.customers.retrieve(customer.id))).message).toBe(
      `No such customer: '${customer.id}'; a similar object exists in test mode, but a live mode key was used to make this request.`,
    );
    expect(await live.customers.create()).toMatchObject({ livemode: true });
    expect(await refusalOf(shop.stripe.accounts.retrieve(stranger.accountId))).toMatchObject({
      type: 'StripePermissionError',
    });
  });

  it('of browsers open one intent only, with its client secret', async () => {
    const shop = newShop(sandbox.current);
    const browser = sdk(sandbox.current, shop.publishableKey);
    expect(await refusalOf(browser.paymentIntents.list())).toMatchObject({ code: 'secret_key_required' });
    const { confirm: _confirm, payment_method: _method, ...open } = SALE;
    const intent = await shop.stripe.paymentIntents.create({ ...open, metadata: { secret: 'yes' } });
    const secret = { client_secret: intent.client_secret ?? '' };
    expect(await refusalOf(browser.paymentIntents.retrieve(intent.id))).toMatchObject({ param: 'client_secret' });
    const shown = await browser.paymentIntents.retrieve(intent.id, secret);
    expect(shown).toMatchObject({ id: intent.id, status: 'requires_payment_method' });
    expect(shown.metadata).toBeUndefined();
    const params = { ...secret, payment_method: 'pm_card_visa' } as Stripe.PaymentIntentConfirmParams;
    expect(await browser.paymentIntents.confirm(intent.id, params)).toMatchObject({ status: 'succeeded' });
    const wrong = { client_secret: `${intent.id}_secret_x` };
    expect(await refusalOf(browser.paymentIntents.retrieve(intent.id, wrong))).toMatchObject({ statusCode: 401 });
  });
});
