import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const CONFIG = path.resolve('.dependency-cruiser.cjs');
const CRUISER = path.resolve('node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const RULES: readonly { readonly name: string }[] = createRequire(import.meta.url)(CONFIG).forbidden;

type Edge = readonly [from: string, to: string];

/** One file for each rule, importing what the rule forbids. */
const PLANTED: Readonly<Record<string, readonly Edge[]>> = {
  'calls-go-down-from-tenancy': [['src/features/tenancy/a.ts', 'src/features/orders/index.ts']],
  'calls-go-down-from-payment-systems': [['src/features/payment-systems/a.ts', 'src/features/payers/index.ts']],
  'calls-go-down-from-payers': [['src/features/payers/a.ts', 'src/features/ledger/index.ts']],
  'calls-go-down-from-ledger': [['src/features/ledger/on-order-captured.ts', 'src/features/orders/index.ts']],
  'calls-go-down-from-orders': [['src/features/orders/a.ts', 'src/features/notifications/index.ts']],
  'calls-go-down-from-agreements': [['src/features/agreements/a.ts', 'src/features/invoices/index.ts']],
  'calls-go-down-from-invoices': [['src/features/invoices/a.ts', 'src/features/bulk/index.ts']],
  'calls-go-down-from-bulk': [['src/features/bulk/a.ts', 'src/features/checkout/index.ts']],
  'calls-go-down-from-checkout': [['src/features/checkout/a.ts', 'src/features/notifications/index.ts']],
  'features-are-in-the-order': [['src/main.ts', 'src/features/loyalty/index.ts']],
  'no-cycles': [['src/platform/http/a.ts', 'src/platform/http/b.ts']],
  'kernel-imports-nothing-of-ours': [
    ['src/kernel/a.ts', 'src/platform/jobs/clean.ts'],
    ['src/kernel/b.ts', 'node_modules/zod/index.js'],
  ],
  'domain-is-pure': [
    ['src/features/orders/domain/a.ts', 'src/platform/jobs/clean.ts'],
    ['src/features/orders/domain/b.ts', 'src/features/tenancy/index.ts'],
    ['src/features/orders/domain/c.ts', 'src/features/orders/clean.ts'],
    ['src/features/orders/domain/d.ts', 'node_modules/zod/index.js'],
  ],
  'features-meet-at-the-front-door': [['src/features/orders/b.ts', 'src/features/tenancy/clean.ts']],
  'platform-knows-no-feature': [
    ['src/platform/jobs/a.ts', 'src/features/tenancy/index.ts'],
    ['src/platform/jobs/b.ts', 'src/config.ts'],
  ],
  'features-know-no-composition': [['src/features/orders/c.ts', 'src/config.ts']],
  'only-runners-import-app': [['src/demo/a.ts', 'src/app.ts']],
  'only-start-lists-entities': [['src/config-of-tables.ts', 'src/entities.ts']],
  'stripe-stays-in-its-adapter': [['src/features/orders/d.ts', 'node_modules/stripe/index.js']],
  'agenda-stays-in-platform-jobs': [
    ['src/features/orders/e.job.ts', 'node_modules/agenda/index.js'],
    ['src/platform/events/a.ts', 'node_modules/@agendajs/postgres-backend/index.js'],
  ],
  'outgoing-http-stays-in-egress': [
    ['src/features/notifications/a.ts', 'node_modules/undici/index.js'],
    ['src/platform/http/c.ts', 'node_modules/undici/index.js'],
  ],
  'pdf-stays-on-paper': [['src/features/invoices/d.ts', 'node_modules/pdfkit/index.js']],
  'files-of-strangers-stay-at-the-edge': [
    ['src/features/bulk/b.ts', 'node_modules/papaparse/index.js'],
    ['src/app/a.ts', 'node_modules/@fastify/multipart/index.js'],
  ],
  'graphql-stays-at-the-edge': [
    ['src/features/orders/f.ts', 'node_modules/graphql/index.js'],
    ['src/platform/database/a.ts', 'node_modules/type-graphql/index.js'],
  ],
  'sandbox-knows-nothing-of-the-product': [['src/stripe-sandbox/a.ts', 'src/kernel/clean.ts']],
  'product-knows-nothing-of-the-sandbox': [['src/kernel-of-fakes.ts', 'src/stripe-sandbox/index.ts']],
  'migrations-know-only-the-database': [['migrations/0001-a.ts', 'src/kernel/clean.ts']],
  'product-knows-no-runner': [['src/config-for-tests.ts', 'test/support/clean.ts']],
  'product-needs-no-dev-dependency': [['src/generator.ts', 'node_modules/fast-check/index.js']],
  'imports-resolve': [['src/lost.ts', 'src/nowhere.ts']],
};

/** What looks alike and is allowed: no rule may speak of it. */
const ALLOWED: readonly Edge[] = [
  ['src/kernel/ids.ts', 'node_modules/typeid-js/index.js'],
  ['src/features/orders/domain/bill.ts', 'src/kernel/clean.ts'],
  ['src/features/orders/pay.ts', 'src/features/tenancy/index.ts'],
  ['src/features/tenancy/index.ts', 'src/features/tenancy/clean.ts'],
  ['src/features/orders/order.graphql.ts', 'node_modules/type-graphql/index.js'],
  ['src/features/orders/orders.resolver.ts', 'node_modules/graphql/index.js'],
  ['src/platform/http/route.ts', 'node_modules/graphql/index.js'],
  ['src/features/payment-systems/stripe-gateway.ts', 'node_modules/stripe/index.js'],
  ['src/stripe-sandbox/index.ts', 'node_modules/stripe/index.js'],
  ['src/platform/jobs/runner.ts', 'node_modules/agenda/index.js'],
  ['src/platform/egress/egress.ts', 'node_modules/undici/index.js'],
  ['src/platform/csv/row-cutter.ts', 'node_modules/papaparse/index.js'],
  ['src/features/invoices/pdf/sheet.ts', 'node_modules/pdfkit/index.js'],
  ['src/entities.ts', 'src/features/orders/clean.ts'],
  ['src/app.ts', 'src/entities.ts'],
  ['src/start/serve.ts', 'src/app.ts'],
  ['src/demo/clean.ts', 'src/stripe-sandbox/index.ts'],
  ['test/api/orders.test.ts', 'src/app.ts'],
  ['test/api/model.test.ts', 'node_modules/fast-check/index.js'],
  ['migrations/0002-b.ts', 'src/platform/database/clean.ts'],
];

/** A cycle is told once, by its first file. */
const WAY_BACK: Edge = ['src/platform/http/b.ts', 'src/platform/http/a.ts'];

const PACKAGES = [
  '@fastify/multipart',
  'agenda',
  '@agendajs/postgres-backend',
  'graphql',
  'papaparse',
  'pdfkit',
  'stripe',
  'type-graphql',
  'typeid-js',
  'undici',
  'zod',
];

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

describe('the dependency rules', () => {
  let tree: string;
  let seen: readonly string[];

  beforeAll(() => {
    tree = realpathSync(mkdtempSync(path.join(tmpdir(), 'quittance-rules-')));
    plant();
    seen = violations().map(({ rule, from, to }) => told(rule.name, [from, to]));
  }, 30_000);

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  it.each(RULES.map(({ name }) => name))('%s is broken by what it forbids', (name) => {
    const planted = PLANTED[name];
    expect(planted).toBeDefined();
    expect(seen).toEqual(expect.arrayContaining((planted ?? []).map((edge) => told(name, edge))));
  });

  it('say nothing of what is allowed', () => {
    const allowed = new Set(ALLOWED.map(([from]) => from));
    expect(seen.filter((each) => allowed.has(each.split(' ')[1] ?? ''))).toEqual([]);
  });

  it('see an import of a mere type, too', () => {
    expect(seen).toContain(
      told('stripe-stays-in-its-adapter', ['src/features/payers/b.ts', 'node_modules/stripe/index.js']),
    );
  });

  function plant(): void {
    const versions = Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0']));
    write('package.json', JSON.stringify({ dependencies: versions, devDependencies: { 'fast-check': '1.0.0' } }));
    for (const name of [...PACKAGES, 'fast-check']) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
      write(`node_modules/${name}/index.js`, 'export const it = 1;\n');
    }
    const edges = [...Object.values(PLANTED).flat(), WAY_BACK, ...ALLOWED];
    for (const [, to] of edges) {
      if (to.startsWith('node_modules/') || to === 'src/nowhere.ts') continue;
      write(to, 'export const it = 1;\n');
    }
    for (const [from, to] of edges)
      write(from, `import { it } from '${specifier(from, to)}';\nexport const its = it;\n`);
    write('src/features/payers/b.ts', `import type { it } from 'stripe';\nexport type Its = typeof it;\n`);
  }

  function write(file: string, text: string): void {
    const target = path.join(tree, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  /** Its exit code says that there were errors, which is what we want here. */
  function violations(): readonly Violation[] {
    const args = [CRUISER, '--config', CONFIG, '--output-type', 'json', 'src', 'migrations', 'test'];
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: tree,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  }
});

/** As a colleague would write it: relative with `.js`, or the name of a package. */
function specifier(from: string, to: string): string {
  if (to.startsWith('node_modules/')) return to.replace('node_modules/', '').replace('/index.js', '');
  const relative = path.posix.relative(path.posix.dirname(from), to).replace(/\.ts$/, '.js');
  return relative.startsWith('.') ? relative : `./${relative}`;
}

/** What cannot be found is reported under the words of the import. */
function told(rule: string, [from, to]: Edge): string {
  return `${rule}: ${from} ${to === 'src/nowhere.ts' ? './nowhere.js' : to}`;
}
