import { randomBytes } from 'node:crypto';
import { newApiKey } from '../../../src/platform/secrets/api-key.js';
import { inTurns } from '../tenants/in-turns.js';
import { isServed } from './malformed.js';

export interface Guessed {
  readonly guesses: number;
  readonly limited: number;
  /** Medians in milliseconds, by what was wrong with the key. */
  readonly times: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** Keys that open nothing: told in one sentence whatever is wrong with them, and no more often than is needed to find a slip. */
export async function guess(
  { url, key, over }: { readonly url: string; readonly key: string; readonly over: Readonly<Record<string, string>> },
  guesses: number,
): Promise<Guessed> {
  const violations: string[] = [];
  const start = performance.now();
  const times: Record<string, number[]> = {};
  const answers = new Set<string>();
  let limited = 0;
  // Those that cost a query are every other one.
  const kinds = kindsOf(key, over).flatMap((kind): Kind[] => [
    kind,
    [WELL_MADE, () => newApiKey({ mode: 'test', kind: 'op' }).key],
  ]);
  await inTurns(
    Array.from({ length: guesses }, (_, index) => index),
    async (index) => {
      const [kind, wrong] = kinds[index % kinds.length] ?? ['', () => ''];
      const began = performance.now();
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${wrong()}` },
        body: '{"query":"{ viewer { kind } }"}',
      });
      const text = await response.text();
      if (response.status === 429) limited += 1;
      else if (response.status === 401) {
        answers.add(text);
        times[kind] = [...(times[kind] ?? []), performance.now() - began];
      } else violations.push(`a key that is ${kind} was answered with ${response.status}: ${text.slice(0, 200)}`);
      if (index % 100 === 50 && !(await isServed({ url, key })))
        violations.push('who has a key is held up by who guesses');
    },
  );
  if (answers.size > 1) violations.push(`what is wrong with a key is told: ${[...answers].join(' or ')}`);
  const lookedUp = times[WELL_MADE]?.length ?? 0;
  const allowed = BURST + PER_SECOND * ((performance.now() - start) / 1000) + TRACKS;
  if (lookedUp > allowed) violations.push(`${lookedUp} guesses were looked up, where ${Math.ceil(allowed)} may be`);
  const medians = Object.entries(times).map(([kind, all]) => [kind, median(all)] as const);
  return { guesses, limited, times: Object.fromEntries(medians), violations };
}

const WELL_MADE = 'well made, and nobody has it';
/** What of those is looked up from one address; as many as are under way may be more. */
const [BURST, PER_SECOND, TRACKS] = [100, 20, 8];

type Kind = readonly [string, () => string];

function kindsOf(key: string, over: Readonly<Record<string, string>>): Kind[] {
  const [head = '', tail = ''] = [key.slice(0, -8), key.slice(-8)];
  const random = () => randomBytes(40).toString('base64url').slice(0, tail.length);
  return [
    ['another in its last letters', () => head + random()],
    ['cut short', () => head],
    ['a word', () => 'password'],
    ['a token of nobody', () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${random()}.${random()}`],
    ...Object.entries(over).map(([what, each]): Kind => [what, () => each]),
  ];
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? 0) * 10) / 10;
}
