import { signatureHeader } from '../../../src/stripe-sandbox/events/signature.js';
import { deliver, endpointOf, eventsOf } from '../../../test/reliability/orders/disorder.js';
import { type Fields, FormShop, signed } from '../../../test/support/checkout.js';
import { aShop, type Product, type Shop } from '../../../test/support/product.js';
import { changesBetween, fingerprints } from '../tenants/tables.js';

export interface Forged {
  readonly webhooks: number;
  readonly forms: number;
  readonly violations: readonly string[];
}

/** News and forms that nobody sent, that somebody else sent, that were sent before: none of it changes anything. */
export async function forge(product: Product, times: number): Promise<Forged> {
  const violations: string[] = [];
  const [shop, other] = [await aShop(product), await aShop(product)];
  await shop.sale();
  await product.settle();
  const forms = await FormShop.of(product, shop);
  const others = await FormShop.of(product, other);
  const before = await fingerprints(product.database.url);
  const webhooks = await forgeWebhooks(product, { shop, other, times, violations });
  const posted = await forgeForms(forms, others, { times, violations });
  await product.settle();
  for (const change of changesBetween(before, await fingerprints(product.database.url))) {
    violations.push(`${change} were changed by what was forged`);
  }
  await replayForm(forms, times, violations);
  return { webhooks, forms: posted, violations };
}

interface Around {
  readonly times: number;
  readonly violations: string[];
}

async function forgeWebhooks(
  product: Product,
  { shop, other, times, violations }: Around & { readonly shop: Shop; readonly other: Shop },
): Promise<number> {
  const [event] = await eventsOf(product, shop, ['payment_intent.succeeded']);
  if (!event) throw new Error('nothing has happened that could be repeated');
  const { url, secret } = endpointOf(product, shop);
  const at = Math.floor(product.clock.now().getTime() / 1000);
  const body = JSON.stringify(event);
  const foreign = endpointOf(product, other).secret;
  const altered = JSON.stringify({ ...event, id: 'evt_forged', data: { object: { ...event.data.object, amount: 1 } } });
  const cases: readonly (readonly [string, string, string])[] = [
    ['without a signature', '', body],
    ['with a word for a signature', 'x', body],
    ['with the secret of another', signatureHeader(foreign, at, body), body],
    ['with an empty secret', signatureHeader('', at, body), body],
    ['altered', signatureHeader(secret, at, body), altered],
    ['an hour old', signatureHeader(secret, at - 3_600, body), body],
    ['with the time of another signature', signatureHeader(secret, at - 3_600, body).replace(/t=\d+/, `t=${at}`), body],
    ['with its scheme renamed', signatureHeader(secret, at, body).replace('v1=', 'v0='), body],
    ['that is no JSON', signatureHeader(secret, at, '{'), '{'],
    ['that is a list', signatureHeader(secret, at, '[]'), '[]'],
    ['that is nothing', signatureHeader(secret, at, 'null'), 'null'],
    ['of live mode', ...liveOf(event, secret, at)],
  ];
  for (const [what, signature, sent] of cases) {
    const response = await fetch(url, { method: 'POST', body: sent, headers: { 'stripe-signature': signature } });
    if (response.status !== 400) violations.push(`a webhook ${what} was answered with ${response.status}`);
  }
  for (let time = 0; time < times; time += 1) {
    const status = await deliver(product, shop, event);
    if (status !== 200) violations.push(`a webhook that was sent again was answered with ${status}`);
  }
  return cases.length + times;
}

function liveOf(event: object, secret: string, at: number): [string, string] {
  const body = JSON.stringify({ ...event, id: 'evt_live', livemode: true });
  return [signatureHeader(secret, at, body), body];
}

async function forgeForms(forms: FormShop, others: FormShop, { times, violations }: Around): Promise<number> {
  const good = forms.fields();
  const late = (seconds: number) => forms.fields({ timestamp: String(forms.now() + seconds) });
  const without = (name: string): Fields => Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
  const cases: readonly (readonly [string, Fields | string])[] = [
    ['unsigned', without('signature')],
    ['signed by another', forms.fields({}, others.secret)],
    ['signed with nothing', forms.fields({}, '')],
    ['of another, under its own signature', { ...others.fields(), merchant: good.merchant ?? '' }],
    ['with another amount', { ...good, amount: '0.01' }],
    ['with another currency', { ...good, currency: 'JPY' }],
    ['with a field more', { ...good, metadata: 'x' }],
    ['with a field less', without('currency')],
    ['with a field twice', `${new URLSearchParams(good)}&amount=0.01`],
    ['a day old', late(-86_400)],
    ['of tomorrow', late(86_400)],
    ['without a time', signedAgain(forms, without('timestamp'))],
    ['with a prototype', { ...good, __proto__: 'x', constructor: 'x' } as unknown as Fields],
    ['with a line within a field', { ...good, orderNumber: `x\namount=0.01` }],
    ['of a merchant that never was', { ...good, merchant: 'mer_01h2xcejqtf2nbrexx3vqjhp41' }],
    ['that is no form', '\u0000&&&===%%%'],
    ['that is empty', ''],
  ];
  let sent = 0;
  for (let round = 0; round < Math.max(1, times / 10); round += 1) {
    for (const [what, fields] of cases) {
      sent += 1;
      const page = await forms.post(fields);
      if (page.status < 400 || page.status >= 500) violations.push(`a form ${what} was answered with ${page.status}`);
      if (/node_modules|\.[jt]sx?:\d/.test(page.html)) violations.push(`a form ${what} was told of our code`);
    }
  }
  return sent;
}

function signedAgain(forms: FormShop, fields: Fields): Fields {
  return { ...fields, signature: signed(fields, forms.secret) };
}

/** A form that its payer's browser sends again, on purpose or not, is one order. */
async function replayForm(forms: FormShop, times: number, violations: string[]): Promise<void> {
  const fields = forms.fields();
  const before = (await forms.orders()).length;
  const pages = await Promise.all(Array.from({ length: Math.min(times, 15) }, () => forms.post(fields)));
  const led = new Set(pages.filter(({ status }) => status === 303).map(({ location }) => location));
  const made = (await forms.orders()).length - before;
  if (led.size !== 1 || made !== 1) {
    violations.push(`a form sent ${pages.length} times led to ${led.size} pages and made ${made} orders`);
  }
}
