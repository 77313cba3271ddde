import { z } from 'zod';
import { newUuid, publicId } from '../../src/kernel/ids.js';
import * as rules from '../../src/platform/graphql/validation.js';

/** The refusal as data: its code and where the faults are. */
function refusal(schema: z.ZodType, input: unknown) {
  try {
    rules.validated(schema, input);
    return null;
  } catch (error) {
    const { code, issues } = error as { code: string; issues: { path: string[]; message: string }[] };
    return { code, paths: issues.map((issue) => issue.path.join('.')), messages: issues.map((issue) => issue.message) };
  }
}

describe('validated', () => {
  const schema = z.object({
    orderNumber: rules.text({ max: 5 }),
    amount: rules.money(),
    tags: z.array(rules.currency),
  });

  it('answers the input as the schema makes it', () => {
    const { amount } = rules.validated(schema, {
      orderNumber: 'A-1',
      amount: { amount: '10.5', currency: 'USD' },
      tags: [],
    });
    expect(amount.toString()).toBe('10.50 USD');
  });

  it('reports all faults at once, each with its path', () => {
    const input = { orderNumber: 'A-12345', amount: { amount: '1.234', currency: 'USD' }, tags: ['EUR', 'XXX'] };
    expect(refusal(schema, input)).toMatchObject({
      code: 'INVALID_INPUT',
      paths: ['orderNumber', 'amount.amount', 'tags.1'],
    });
  });
});

describe('text', () => {
  it.each([['a\u0000b'], ['a\nb'], ['a\u0085'], ['\ud800'], ['x\udc00y'], [''], ['123456']])('refuses %j', (value) => {
    expect(refusal(rules.text({ max: 5 }), value)).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('counts characters as PostgreSQL does', () => {
    expect(rules.validated(rules.text({ max: 5 }), '🎉🎉🎉🎉🎉')).toBe('🎉🎉🎉🎉🎉');
  });

  it('allows line ends where it is told to', () => {
    expect(rules.validated(rules.text({ max: 5, multiline: true }), 'a\r\nb\t')).toBe('a\r\nb\t');
  });

  it('refuses a card number in free text without repeating it', () => {
    const answer = refusal(rules.freeText({ max: 100 }), 'pay with 4242 4242 4242 4242 please');
    expect(answer).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED' });
    expect(JSON.stringify(answer)).not.toContain('4242');
  });
});

describe('freeText', () => {
  it.each([' ', '\u00a0\u2003', '\u200b', '\u3164', '\u2800', '\n\t', '\u202e'])(
    'refuses %j, which nobody sees',
    (value) => {
      const { messages } = refusal(rules.freeText({ max: 5, multiline: true }), value) ?? {};
      expect(messages).toContain('must have a character that can be seen');
    },
  );

  it.each(['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'])(
    'refuses %j, which shows what follows in another order',
    (turning) => {
      const code = turning.charCodeAt(0).toString(16).toUpperCase();
      const { messages } = refusal(rules.freeText({ max: 20 }), `paid ${turning}00.01`) ?? {};
      expect(messages).toEqual([
        `must not have characters that turn the direction of what is around them: it has U+${code}`,
      ]);
    },
  );

  it.each(['שלום', 'مرحبا 12', '👩\u200d👩\u200d👧', 'क्\u200dष', 'a\u200eb', '.', ' a '])(
    'takes %j as it is',
    (value) => {
      expect(rules.validated(rules.freeText({ max: 10 }), value)).toBe(value);
    },
  );

  it('says of nothing only that it is nothing', () => {
    expect(refusal(rules.freeText({ max: 5 }), '')?.messages).toEqual(['must not be empty']);
  });
});

describe('publicIdOf', () => {
  it('gives the UUID, or null for what is no id of that kind', () => {
    const uuid = newUuid();
    expect(rules.validated(rules.publicIdOf('order'), publicId('order', uuid))).toBe(uuid);
    expect(rules.validated(rules.publicIdOf('order'), publicId('payer', uuid))).toBeNull();
    expect(rules.validated(rules.publicIdOf('order'), 'ord_\u0000')).toBeNull();
  });
});

describe('idempotencyKey', () => {
  it.each([['a'], ['order 17/retry'], ['x'.repeat(255)]])('takes %s', (key) => {
    expect(rules.validated(rules.idempotencyKey, key)).toBe(key);
  });
  it.each([[''], [' a'], ['x'.repeat(256)], ['ä'], ['a\nb']])('refuses %j', (key) => {
    expect(refusal(rules.idempotencyKey, key)).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('url', () => {
  it('is https, or http where allowed', () => {
    expect(rules.validated(rules.url({ httpAllowed: false }), 'https://a.example/b?c')).toBe('https://a.example/b?c');
    expect(refusal(rules.url({ httpAllowed: false }), 'http://a.example')).not.toBeNull();
    expect(refusal(rules.url({ httpAllowed: true }), 'http://localhost:3000/x')).toBeNull();
    for (const bad of ['ftp://a', 'javascript:alert(1)', '/path', 'https://u:p@a.example', 'https://a.example/\n']) {
      expect(refusal(rules.url({ httpAllowed: true }), bad)).not.toBeNull();
    }
  });

  it.each([
    'https://a.example/?q=%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32',
    'https://a.example/?q=%ff%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32',
    'https://a.example/?q=%34%32%34%32%34%32%34%32%C3%34%32%34%32%34%32%34%32%e2%82',
    'https://a.example/?q=%EF%BC%94242%ff4242+4242%204242',
  ])('has no card number, however it is escaped: %s', (address) => {
    expect(refusal(rules.url({ httpAllowed: false }), address)).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED' });
  });

  it('has no key beside bytes that are no text', () => {
    const address = 'https://a.example/?q=%ff%73%6b_live_51H8xkPqabcdefgh';
    expect(refusal(rules.url({ httpAllowed: false }), address)).toMatchObject({ code: 'INVALID_INPUT' });
    expect(refusal(rules.url({ httpAllowed: false }), 'https://a.example/?q=%ffa%20b%e2%82%ac')).toBeNull();
  });
});

describe('metadata', () => {
  it('takes what the payment system takes', () => {
    expect(rules.validated(rules.metadata, { cart: 'x'.repeat(500), empty: '' })).toMatchObject({ empty: '' });
  });

  it.each([
    [Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])), ['']],
    [{ ['k'.repeat(41)]: 'v' }, ['k'.repeat(40)]],
    [{ 'a[b]': 'v' }, ['a[b]']],
    [JSON.parse('{ "__proto__": "v", "a": "b" }'), ['__proto__']],
    [['a'], ['']],
    [{ a: 'x'.repeat(501), b: 5 }, ['a', 'b']],
  ])('refuses %#', (input, paths) => {
    expect(refusal(rules.metadata, input)).toMatchObject({ code: 'INVALID_INPUT', paths });
  });

  it('refuses a card number', () => {
    expect(refusal(rules.metadata, { note: '4242424242424242' })).toMatchObject({ code: 'CARD_DATA_NOT_ALLOWED' });
  });
});

describe('money', () => {
  it('is more than zero, unless told otherwise', () => {
    expect(refusal(rules.money(), { amount: '0', currency: 'EUR' })).toMatchObject({ paths: ['amount'] });
    expect(refusal(rules.money({ zeroAllowed: true }), { amount: '0', currency: 'EUR' })).toBeNull();
    expect(refusal(rules.money(), { amount: '-1', currency: 'EUR' })).toMatchObject({ paths: ['amount'] });
    expect(refusal(rules.money(), { amount: '10', currency: 'eur' })).toMatchObject({ paths: ['currency'] });
  });
});
