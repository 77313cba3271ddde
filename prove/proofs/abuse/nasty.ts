import {
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Json } from '../../../test/support/product.js';

/** Texts that some program somewhere has stumbled over. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  'NaN',
  'Infinity',
  '-Infinity',
  '-0',
  '1e400',
  '1e-400',
  '0x10',
  '1_000',
  '1,5',
  '٣٫١٤',
  '00000000000000000000.10',
  `${'9'.repeat(400)}.99`,
  '-1.00',
  '0.001',
  '\u202e10.00',
  'a\u200bb',
  'a\u0000b',
  '\ud800',
  '\ufeff',
  'é'.repeat(3_000),
  '😀'.repeat(2_000),
  'x'.repeat(30_000),
  "' or 1=1 --",
  '"; drop table orders; --',
  '$1',
  '%s%n%x',
  '#{7*7}{{7*7}}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "=cmd|' /C calc'!A0",
  '@SUM(1+1)',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  '[object Object]',
  '{}',
  '[]',
  '../../../etc/passwd',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'http://[::1]:0/',
  'http://169.254.169.254/latest/meta-data',
  'http://a b/',
  'https://user:word@shop.example:99999/',
  'a\r\nset-cookie: b=c',
  '2026-02-30',
  '0000-00-00',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31T23:59:60Z',
  '2026-11-22T25:61:61+99:99',
  '2026-W01-1',
  '2026-13',
  'Europe/Nowhere',
  'EUR ',
  'eur',
  'XXX',
  'ord_',
  'ord_8zzzzzzzzzzzzzzzzzzzzzzzzz',
  '00000000-0000-0000-0000-000000000000',
  Buffer.from('1:x').toString('base64url'),
  Buffer.from(`1:${'0'.repeat(90)}`).toString('base64url'),
  Buffer.from('1:9999-99-99:x').toString('base64url'),
];

/** What JSON can say and JavaScript cannot write down: replaced in the text that is sent. */
const MARKED: Readonly<Record<string, string>> = {
  '"@huge@"': '1e400',
  '"@tiny@"': '-1e-400',
  '"@long@"': '9'.repeat(400),
  '"@minus@"': '-0',
};

const OTHERS: readonly unknown[] = [
  null,
  0,
  -1,
  1,
  1.5,
  101,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  true,
  false,
  [],
  [null],
  [[[]]],
  {},
  { toString: 1 },
  { constructor: { prototype: {} } },
  '@huge@',
  '@tiny@',
  '@long@',
  '@minus@',
];

export function asSent(body: unknown): string {
  let text = JSON.stringify(body);
  for (const [mark, value] of Object.entries(MARKED)) text = text.replaceAll(mark, value);
  // A name that JSON.stringify would leave out of what it is the prototype of.
  return text.replaceAll('"@proto@"', '"__proto__"');
}

/** Makes up values: now and then what the schema asks for, and mostly something beside it. */
export class Nasty {
  constructor(
    readonly random: () => number,
    private readonly ids: readonly string[],
  ) {}

  one<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.random() * items.length)] as Item;
  }

  anything(): unknown {
    const draw = this.random();
    if (draw < 0.6) return this.one(TEXTS);
    if (draw < 0.65) return Array.from({ length: 300 }, () => this.one(TEXTS.slice(0, 20)));
    if (draw < 0.7) return nested(60);
    if (draw < 0.75) return { '@proto@': { polluted: true }, constructor: 1 };
    return this.one(OTHERS);
  }

  valueOf(type: GraphQLInputType, depth = 0): unknown {
    if (this.random() < 0.12) return this.anything();
    if (isNonNullType(type)) return this.valueOf(type.ofType, depth);
    if (isListType(type)) {
      const length = this.random() < 0.03 ? 200 : Math.floor(this.random() * 3);
      return Array.from({ length }, () => this.valueOf(type.ofType, depth + 1));
    }
    const named = getNamedType(type);
    if (!isInputObjectType(named)) return this.#leaf(named);
    if (depth > 6) return {};
    const fields = Object.values(named.getFields()).filter(
      (field) => isNonNullType(field.type) || this.random() < 0.35,
    );
    return Object.fromEntries(fields.map((field) => [field.name, this.valueOf(field.type, depth + 1)]));
  }

  /** The same input with one or two of its places, or places beside them, made into something else. */
  spoilt(type: GraphQLInputType, base: Json): Json {
    const named = getNamedType(type);
    if (!isInputObjectType(named)) return base;
    const spoiled = { ...base };
    for (let count = 1 + Math.floor(this.random() * 2); count > 0; count -= 1) {
      const field = this.one(Object.values(named.getFields()));
      if (field.name === 'idempotencyKey' && this.random() < 0.8) continue;
      const inner = getNamedType(field.type);
      const old = spoiled[field.name];
      const isDeeper = isInputObjectType(inner) && typeof old === 'object' && old !== null && !Array.isArray(old);
      spoiled[field.name] = isDeeper
        ? this.spoilt(inner, old as Json)
        : this.random() < 0.5
          ? this.anything()
          : this.valueOf(field.type, 1);
    }
    return spoiled;
  }

  #leaf(type: GraphQLNamedType): unknown {
    if (isEnumType(type)) return this.one(type.getValues()).name;
    if (this.random() < 0.35) return this.anything();
    switch (type.name) {
      case 'ID':
        return this.one(this.ids);
      case 'Int':
        return this.one([0, 1, 5, 20, 100, 101, -1, 2 ** 31 - 1]);
      case 'Float':
        return this.random() * 10;
      case 'Boolean':
        return this.random() < 0.5;
      case 'Decimal':
        return this.one(['1.00', '0.01', '100', '99999999.99', '0']);
      case 'Date':
        return this.one(['2026-11-22', '2028-02-29', '1970-01-01', '9999-12-30']);
      case 'DateTime':
        return this.one(['2026-11-22T12:00:00Z', '1970-01-01T00:00:00-23:59', '9999-12-30T23:59:59.999Z']);
      case 'CurrencyCode':
        return this.one(['USD', 'EUR', 'JPY', 'KWD']);
      case 'TimeZone':
        return this.one(['UTC', 'Europe/Berlin', 'Pacific/Apia']);
      case 'URL':
        return this.one(['https://shop.example/x', 'https://shop.example/?a=%00']);
      case 'JSONObject':
        return this.one<unknown>([{}, { a: 'b' }, { a: { b: [1] } }, { '@proto@': 'x' }]);
      default:
        return this.one(['a', 'x-1', '2026-11', ...TEXTS.slice(30, 40)]);
    }
  }
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}
