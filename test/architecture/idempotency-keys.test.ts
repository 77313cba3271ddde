import { sourcesIn } from './sources.js';

/** Methods of the payment system's SDK that change nothing there, or only remove. */
const HARMLESS = /^(retrieve\w*|list\w*|search|del|constructEvent\w*|generateTestHeader\w*)$/;

const ADAPTERS = sourcesIn('src').filter(({ path }) => /\/stripe-[a-z-]+\.ts$/.test(path));

describe('every call that may move money carries our idempotency key', () => {
  it.each(ADAPTERS)('$path', ({ code }) => {
    expect(callsWithoutKey(code)).toEqual([]);
  });

  it('and none hides behind another name', () => {
    const hidden = ADAPTERS.filter(({ code }) => /\}\s*=\s*(this\.)?stripe\b|=\s*(this\.)?stripe\.\w+\s*;/.test(code));
    expect(hidden.map(({ path }) => path)).toEqual([]);
  });

  it('and the SDK repeats nothing by itself', () => {
    const clients = ADAPTERS.filter(({ code }) => /\bnew Stripe\(/.test(code));
    expect(clients.length).toBeGreaterThan(0);
    for (const { code } of clients) expect(code).toMatch(/maxNetworkRetries: 0/);
  });

  it('is seen where it is missing', () => {
    const without = `
      this.stripe.paymentIntents.capture(id, { amount: toStripeAmount(amount) });
      this.stripe.checkout.sessions.create(
        { mode: 'payment', metadata: { idempotencyKey: key } },
      );
      stripe.refunds.create(parameters, { idempotencyKey: key });
      stripe.refunds.retrieve(id);`;
    expect(callsWithoutKey(without)).toEqual(['paymentIntents.capture', 'checkout.sessions.create']);
  });
});

function callsWithoutKey(code: string): readonly string[] {
  return [...code.matchAll(/\bstripe((?:\s*\.\s*\w+){2,})\s*\(/g)]
    .map((match) => ({
      name: (match[1] ?? '').replace(/\s/g, '').slice(1),
      last: lastArgument(code, match.index + match[0].length),
    }))
    .filter(({ name }) => !HARMLESS.test(name.slice(name.lastIndexOf('.') + 1)))
    .filter(({ last }) => !/^\{[^{}]*\bidempotencyKey\b/.test(last.trim()))
    .map(({ name }) => name);
}

/** The text between the last comma of the call's own level and its closing bracket. */
function lastArgument(code: string, start: number): string {
  let depth = 1;
  let last = '';
  let current = '';
  for (const symbol of code.slice(start)) {
    if ('([{'.includes(symbol)) depth += 1;
    if (')]}'.includes(symbol)) depth -= 1;
    if (depth === 0) break;
    if (symbol === ',' && depth === 1) {
      last = current;
      current = '';
    } else current += symbol;
  }
  return current.trim() === '' ? last : current;
}
