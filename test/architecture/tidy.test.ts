import { type Source, sourcesIn } from './sources.js';

const LINES_MAX = 300;
const RESOLVER_LINES_MAX = 12;

/** Longer than the limit, each for a reason. */
const LONG: Readonly<Record<string, string>> = {};

const SOURCES = sourcesIn('src', 'migrations');
const EVERYTHING = [...SOURCES, ...sourcesIn('test', 'prove', 'bench', 'scripts')];

interface Ban {
  readonly pattern: RegExp;
  readonly useInstead: string;
  /** The one place that may: a beginning of a path. */
  readonly except?: readonly string[];
}

/** Habits that a type checker cannot see. */
const BANS: readonly Ban[] = [
  {
    pattern: /\bnew Date\(\)|\bDate\.now\(\)/,
    useInstead: 'the Clock',
    except: ['src/kernel/clock.ts', 'src/stripe-sandbox/', 'src/demo/', 'src/platform/logging/'],
  },
  {
    pattern: /\bprocess\.env\b/,
    useInstead: 'the parsed settings of src/config.ts',
    except: ['src/config.ts', 'src/stripe-sandbox/main.ts', 'src/demo/'],
  },
  {
    pattern: /\bem\.(flush|commit|begin|rollback)\(/,
    useInstead: 'the unit of work',
    except: ['src/platform/database/unit-of-work.ts'],
  },
  {
    pattern: /\bparseFloat\(|\.toFixed\(/,
    useInstead: 'Money',
    // The narrator tells seconds; the sandbox counts in numbers, as Stripe does, and shows them to people.
    except: ['src/start/narrator.ts', 'src/stripe-sandbox/core/money.ts'],
  },
  {
    pattern: /\bconsole\.\w+\(/,
    useInstead: 'the log',
    except: ['src/main.ts', 'src/stripe-sandbox/main.ts', 'src/demo/', 'src/console/'],
  },
  { pattern: /\blimit\s+\$\d/i, useInstead: 'a literal: a generic plan does not know how few rows are wanted' },
  { pattern: /\bas any\b/, useInstead: 'unknown and a check' },
  {
    pattern: /\bMath\.random\b/,
    useInstead: 'kernel/ids.ts or node:crypto',
    // Pauses are spread a little; a sandbox without a seed draws as it likes.
    except: ['src/features/payment-systems/stripe-answers.ts', 'src/stripe-sandbox/index.ts'],
  },
];

describe('a habit that is banned', () => {
  it.each(BANS)('$pattern: use $useInstead', ({ pattern, except = [] }) => {
    const offenders = SOURCES.filter(
      ({ path, code }) => !except.some((each) => path.startsWith(each)) && pattern.test(code),
    );
    expect(pathsOf(offenders)).toEqual([]);
  });

  // Three of that letter in quotes is a currency: ISO 4217 gives it to what has none.
  it('a word that puts work off: write an issue or a decision', () => {
    expect(pathsOf(EVERYTHING.filter(({ text }) => /\b(TO(?=DO)DO|FIX(?=ME)ME|(?<!')X(?=XX)XX)\b/.test(text)))).toEqual(
      [],
    );
  });

  it('to silence the compiler', () => {
    expect(pathsOf(EVERYTHING.filter(({ text }) => /@ts-(?=ignore)ignore|@ts-(?=nocheck)nocheck/.test(text)))).toEqual(
      [],
    );
  });

  it('to run only some tests', () => {
    const tests = sourcesIn('test');
    expect(pathsOf(tests.filter(({ code }) => /\b(it|test|describe)\.only\(|\b(fit|fdescribe)\(/.test(code)))).toEqual(
      [],
    );
  });
});

describe('every file', () => {
  it(`has at most ${LINES_MAX} lines`, () => {
    const long = SOURCES.filter(({ path, text }) => text.split('\n').length > LINES_MAX && !(path in LONG));
    expect(pathsOf(long)).toEqual([]);
  });

  it('has a kebab-case name, with the suffixes that say its role', () => {
    const name =
      /^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*(\.(entity|graphql|resolver|job|main|test))?\.tsx?$/;
    expect(pathsOf(EVERYTHING.filter(({ path }) => !name.test(path)))).toEqual([]);
  });

  it('names its classes for what they are', () => {
    const vague = /\bclass\s+\w*(Service|Manager|Helper|Utils?|Impl)\b/;
    expect(pathsOf(EVERYTHING.filter(({ code }) => vague.test(code)))).toEqual([]);
  });
});

it(`a resolver's method has at most ${RESOLVER_LINES_MAX} lines: it authorises, calls and converts`, () => {
  const resolvers = SOURCES.filter(({ path }) => path.endsWith('.resolver.ts'));
  const long = resolvers.flatMap(({ path, text }) =>
    [...text.matchAll(/^ {2}(?:async )?(\w+)\((?:.*|\n(?: {4}.*\n)+ {2}\).*) \{\n((?: {4}.*\n|\n)*?) {2}\}$/gm)]
      .filter(([, , body = '']) => body.split('\n').length - 1 > RESOLVER_LINES_MAX)
      .map(([, method]) => `${path}: ${method}`),
  );
  expect(long).toEqual([]);
});

function pathsOf(sources: readonly Source[]): readonly string[] {
  return sources.map(({ path }) => path);
}
