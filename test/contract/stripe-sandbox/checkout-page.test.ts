import { describe, expect, it } from '@jest/globals';
import { CANCEL_URL, CARD, openPage, see, submit } from './checkout.js';
import { newShop, useSandbox } from './sandbox.js';

const sandbox = useSandbox();
const shopNamed = (name: string) => newShop(sandbox.current, { name });

describe('the page of a Checkout Session', () => {
  it('shows what is paid, to whom, and where to go back to', async () => {
    const session = await openPage(shopNamed('Books & <more>'), {
      custom_text: { submit: { message: 'You agree to <everything>.' } },
    });
    const { status, html } = await see(session.url ?? '');
    expect(status).toBe(200);
    for (const text of [
      'Books &amp; &lt;more&gt;',
      'Novel &amp; &lt;map&gt; × 2',
      '€25.00',
      'You agree to &lt;everything&gt;.',
      `href="${CANCEL_URL}"`,
      'name="email"',
    ]) {
      expect(html).toContain(text);
    }
    expect(html).not.toMatch(/<script|sepa_debit/);
  });

  it('takes a card and leads to the success address with the id of the session', async () => {
    const shop = newShop(sandbox.current);
    const session = await openPage(shop);
    const { status, location } = await submit(session.url ?? '', CARD);
    expect({ status, location }).toEqual({
      status: 303,
      location: `https://shop.example/thanks?session=${session.id}`,
    });
    expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: 'complete',
      payment_status: 'paid',
      customer_details: { email: 'ana@example.com', name: 'Ana Roe' },
    });
    expect((await see(session.url ?? '')).html).toContain('Already paid');
    expect((await submit(session.url ?? '', CARD)).html).toContain('Already paid');
  });

  it('says why a card was declined, and takes another', async () => {
    const shop = newShop(sandbox.current);
    const session = await openPage(shop);
    const declined = await submit(session.url ?? '', { ...CARD, number: '4000000000009995' });
    expect(declined.status).toBe(402);
    expect(declined.html).toContain('insufficient funds');
    expect(declined.html).toContain('value="ana@example.com"');
    expect(declined.html).not.toContain('4000000000009995');
    expect((await submit(session.url ?? '', { ...CARD, email: 'other@example.com' })).status).toBe(303);
    const [intent] = (await shop.stripe.paymentIntents.list()).data;
    expect(intent).toMatchObject({ status: 'succeeded' });
    expect(await shop.stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      customer_details: { email: 'other@example.com' },
    });
  });

  it.each([
    [{ number: '4242424242424241' }, 'Your card number is incorrect.', 'number'],
    [{ number: '' }, 'Your card number is incomplete.', 'number'],
    [{ expiry: '1' }, "Your card's expiration date is incomplete.", 'expiry'],
    [{ expiry: '13/34' }, "Your card's expiration month is invalid.", 'expiry'],
    [{ expiry: '01/20' }, "Your card's expiration year is invalid.", 'expiry'],
    [{ cvc: '12' }, "Your card's security code is invalid.", 'cvc'],
    [{ name: ' ' }, 'Your name is incomplete.', 'name'],
    [{ email: 'ana' }, 'Your email address is incomplete.', 'email'],
  ])('points at %j before anything is tried', async (change, message, field) => {
    const shop = newShop(sandbox.current);
    const session = await openPage(shop);
    const { status, html } = await submit(session.url ?? '', { ...CARD, ...change });
    expect(status).toBe(422);
    expect(html).toContain(message);
    expect(html).toMatch(new RegExp(`name="${field}"[^>]*aria-invalid="true"`));
    expect((await shop.stripe.paymentIntents.list()).data).toEqual([]);
  });

  it('goes through 3-D Secure and back', async () => {
    const shop = newShop(sandbox.current);
    const session = await openPage(shop);
    const card = { ...CARD, number: '4000000000003220' };
    const back = async (outcome: string) => {
      const { status, location } = await submit(session.url ?? '', card);
      expect(status).toBe(303);
      const answered = await submit(location ?? '', { outcome });
      const { location: next } = await see(answered.location ?? '');
      return new URL(next ?? '', sandbox.current.url).href;
    };
    const failed = await back('fail');
    expect(failed).toBe(session.url);
    expect((await see(failed)).html).toContain('We are unable to authenticate your payment method.');
    expect(await back('succeed')).toBe(`https://shop.example/thanks?session=${session.id}`);
    expect((await shop.stripe.paymentIntents.list()).data).toHaveLength(1);
  });

  it('takes a bank account where that is allowed', async () => {
    const session = await openPage(newShop(sandbox.current), { allowed_payment_method_types: ['card', 'sepa_debit'] });
    const { html } = await see(`${session.url}?method=sepa_debit`);
    expect(html).toContain('name="iban"');
    const account = { method: 'sepa_debit', email: 'ana@example.com', name: 'Ana Roe', iban: 'DE89370400440532013000' };
    expect((await submit(session.url ?? '', { ...account, iban: 'DE00' })).html).toContain(
      'The IBAN you entered is invalid',
    );
    expect((await submit(session.url ?? '', account)).status).toBe(303);
  });

  it('does not ask for an address that is known', async () => {
    const session = await openPage(newShop(sandbox.current), { customer_email: 'ana@example.com' });
    const { html } = await see(session.url ?? '');
    expect(html).toContain('E-mail: ana@example.com');
    expect(html).not.toContain('name="email"');
  });

  it('says when it has expired, and when there is none', async () => {
    const shop = newShop(sandbox.current);
    const session = await openPage(shop);
    sandbox.current.control.expireCheckout(session.id);
    for (const answer of [await see(session.url ?? ''), await submit(session.url ?? '', CARD)]) {
      expect(answer).toMatchObject({ status: 410, html: expect.stringContaining('This page has expired') });
    }
    expect((await shop.stripe.paymentIntents.list()).data).toEqual([]);
    expect((await see(`${sandbox.current.url}/c/pay/cs_test_none`)).status).toBe(404);
  });
});
