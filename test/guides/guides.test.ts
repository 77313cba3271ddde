import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeDemoTenants } from '../../src/demo/make-tenants.js';
import { anOperator, type Product, startProduct } from '../support/product.js';
import { graphqlBlocksIn, readGuide, type Step } from './guide-file.js';
import { Reader } from './reader.js';

const GUIDES = [
  'README.md',
  ...readdirSync('docs/guides')
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join('docs/guides', name)),
];

let product: Product;

beforeAll(async () => {
  product = await startProduct();
}, 30_000);

afterAll(() => product.close());

/** What `npm start` has printed, and an operator that has connected nothing yet. */
async function whatReadersHave(): Promise<Record<string, string>> {
  const { url, sandbox, platform } = product;
  const urls = {
    graphqlUrl: `${url}/graphql`,
    graphqlWsUrl: `${url.replace('http', 'ws')}/graphql`,
    graphiqlUrl: `${url}/graphiql`,
    stripeSandboxUrl: sandbox.url,
    stripeSandboxControlUrl: sandbox.controlUrl,
  };
  const demo = await makeDemoTenants(urls, platform.key);
  const { secretKey, publishableKey } = sandbox.control.createAccount();
  const year = `${product.clock.now().getUTCFullYear() + 1}`;
  return { ...demo, newOperatorKey: (await anOperator(product)).key, secretKey, publishableKey, year };
}

describe.each(GUIDES)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const steps = readGuide(text);
  let reader: Reader;

  beforeAll(async () => {
    reader = new Reader(product, await whatReadersHave());
  });

  afterAll(() => reader?.close());

  it('has GraphQL to try, and each block of it is tried', () => {
    const tried = steps.filter(({ kind }) => kind === 'graphql');
    expect(tried.length).toBeGreaterThan(0);
    expect(tried).toHaveLength(graphqlBlocksIn(text));
  });

  it.each(steps.map((step) => [step.line, titleOf(step), step] as const))(
    'line %i: %s',
    async (_line, _title, step) => {
      await reader.follow(step);
    },
  );

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, target]) => target ?? '');
    expect(links.filter((target) => !existsSync(path.join(path.dirname(file), target)))).toEqual([]);
  });
});

function titleOf(step: Step): string {
  if (step.kind === 'event') return 'event';
  if (step.kind === 'file') return step.name;
  if (step.kind === 'curl') return step.source.split('\n')[0] ?? '';
  return /^(?:mutation|query|subscription)?[^{]*\{\s*\w+/.exec(step.source)?.[0].replaceAll(/\s+/g, ' ') ?? 'document';
}
