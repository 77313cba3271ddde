import { randomBytes } from 'node:crypto';
import { type Ground, hostileDocuments, many, rotatedChains } from '../../../test/support/hostile-documents.js';

const GROUND: Ground = {
  inside: (selection) => `{ order(id: "a") { ledgerEntries { ${selection} } } }`,
  type: 'LedgerEntry',
  self: 'otherEntries',
  leaf: 'kind',
  cheap: (directives = '', alias = '') => `${alias}viewer ${directives} { kind }`,
  pages: `{ orders(first: 100) { nodes { ledgerEntries { otherEntries { otherEntries { otherEntries { otherEntries { kind } } } } } } } }`,
  listed: (values) => `{ orders(filter: { status: [${values}] }) { nodes { id } } }`,
  misplaced: '{ orders(first: MANY) { nodes { id } } }',
};

const EACH = 3;

export interface Attacked {
  readonly attacks: number;
  readonly slowestMs: number;
  readonly slowest: string;
  readonly violations: readonly string[];
}

/** Documents, and bodies around documents, that are made to hurt: refused, soon, and without a word of our code. */
export async function attack(url: string, key: string): Promise<Attacked> {
  const violations: string[] = [];
  let [slowestMs, slowest] = [0, ''];
  const attacks = [
    ...[...hostileDocuments(GROUND), ...rotatedChains(GROUND)]
      // What a server that shows its schema answers, and where it ends, has a test of its own.
      .filter(([name]) => name !== 'introspection')
      .map(([name, query]) => [name, JSON.stringify({ query })] as const),
    ...bodies(),
  ];
  for (const [name, body] of attacks) {
    const times: number[] = [];
    for (let round = 0; round < EACH; round += 1) {
      const began = performance.now();
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body,
      });
      const text = await response.text();
      times.push(performance.now() - began);
      if (response.status < 400 || response.status >= 500) {
        violations.push(`${name} was answered with ${response.status}: ${text.slice(0, 300)}`);
      }
      if (/node_modules|\.[jt]s:\d|Did you mean|INTERNAL/.test(text)) {
        violations.push(`${name} was told of our code: ${text.slice(0, 300)}`);
      }
    }
    const time = Math.min(...times);
    if (time > slowestMs) [slowestMs, slowest] = [time, name];
  }
  return { attacks: attacks.length, slowestMs: Math.round(slowestMs), slowest, violations };
}

function bodies(): (readonly [string, string])[] {
  const deep = (open: string, close: string) => `${open.repeat(10_000)}1${close.repeat(10_000)}`;
  const query = 'query ($v: OrderFilter) { orders(filter: $v) { nodes { id } } }';
  const hash = randomBytes(32).toString('hex');
  return [
    ['a batch of two hundred', JSON.stringify(Array.from({ length: 200 }, () => ({ query: '{ viewer { kind } }' })))],
    ['variables ten thousand deep', `{"query":${JSON.stringify(query)},"variables":{"v":${deep('{"a":', '}')}}}`],
    ['lists ten thousand deep', `{"query":${JSON.stringify(query)},"variables":{"v":${deep('[', ']')}}}`],
    ['variables of two megabytes', JSON.stringify({ query, variables: { v: { orderNumber: 'x'.repeat(2_000_000) } } })],
    [
      'a list of twenty thousand in a variable',
      JSON.stringify({ query, variables: { v: { status: Array(20_000).fill('x') } } }),
    ],
    [
      'a text for a hash that is not its own',
      JSON.stringify({
        query: '{ viewer { kind } } { a }',
        extensions: { persistedQuery: { version: 1, sha256Hash: hash } },
      }),
    ],
    [
      'a hash that nobody registered',
      JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }),
    ],
    ['a hash that is a prototype', JSON.stringify({ documentId: '__proto__' })],
    ['a body that is a prototype', '{"__proto__":{"query":"{ viewer { kind } }"}}'],
    ['forty mutations in one', JSON.stringify({ query: `mutation { ${many(40, (n) => `a${n}: ${REVOKE}`)} }` })],
  ];
}

const REVOKE = 'revokeApiKey(input: { id: "key_x" }) { __typename }';
