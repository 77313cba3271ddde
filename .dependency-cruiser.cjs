/** From base to top. Each may call those listed before it; see ARCHITECTURE.md, "Dependencies". */
const FEATURES = [
  'tenancy',
  'payment-systems',
  'payers',
  'ledger',
  'orders',
  'agreements',
  'invoices',
  'bulk',
  'checkout',
  'notifications',
];

/** Not part of the product: what runs, shows or proves it. */
const RUNNERS = '^(test|prove|bench|scripts)/';

const callsGoDown = FEATURES.slice(0, -1).map((name, index) => ({
  name: `calls-go-down-from-${name}`,
  severity: 'error',
  comment: 'Calls go down, events go up: publish an event and let the higher feature react.',
  from: { path: `^src/features/${name}/` },
  to: { path: `^src/features/(${FEATURES.slice(index + 1).join('|')})/` },
}));

/** Matches a package, whether it is hoisted or not; `to.path` sees the resolved file. */
function packages(...names) {
  return `(^|/)node_modules/(${names.join('|')})/`;
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...callsGoDown,
    {
      name: 'features-are-in-the-order',
      severity: 'error',
      comment: 'A new feature takes its place in FEATURES, or no rule would know it.',
      from: {},
      to: { path: '^src/features/[^/]+/', pathNot: `^src/features/(${FEATURES.join('|')})/` },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Arrows point one way.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'kernel-imports-nothing-of-ours',
      severity: 'error',
      comment: 'The kernel is plain TypeScript that any layer may use; from outside it takes typeid-js alone.',
      from: { path: '^src/kernel/' },
      to: { pathNot: ['^src/kernel/', packages('typeid-js', 'temporal-polyfill')] },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'Rules take values and return values: no database, no GraphQL, no clock.',
      from: { path: '^src/features/([^/]+)/domain/' },
      to: { pathNot: ['^src/kernel/', '^src/features/$1/domain/'] },
    },
    {
      name: 'features-meet-at-the-front-door',
      severity: 'error',
      comment: 'Another feature is reached through its index.ts only.',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'] },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      comment: 'Platform code would serve a different product unchanged.',
      from: { path: '^src/platform/' },
      to: { path: '^src/', pathNot: ['^src/platform/', '^src/kernel/'] },
    },
    {
      name: 'features-know-no-composition',
      severity: 'error',
      comment: 'What differs between one running program and another is handed in; a feature does not look it up.',
      from: { path: '^src/features/' },
      to: { path: '^src/', pathNot: ['^src/features/', '^src/platform/', '^src/kernel/'] },
    },
    {
      name: 'only-runners-import-app',
      severity: 'error',
      comment: 'The composition root is imported by what starts it: src/main.ts, src/start/, tests, benches, scripts.',
      from: { pathNot: ['^src/(app|main)(/|\\.ts$)', '^src/start/', RUNNERS] },
      to: { path: '^src/app(/|\\.ts$)' },
    },
    {
      name: 'only-start-lists-entities',
      severity: 'error',
      comment:
        'src/entities.ts is composition: it reaches into every feature, so only what starts the program may use it.',
      from: { path: '^src/', pathNot: ['^src/(app|main)(/|\\.ts$)', '^src/(start|demo)/'] },
      to: { path: '^src/entities\\.ts$' },
    },
    {
      name: 'stripe-stays-in-its-adapter',
      severity: 'error',
      comment: "Stripe's names must not leak into the product; the sandbox borrows the package's types.",
      from: { path: '^src/', pathNot: ['/stripe-[a-z-]+\\.ts$', '^src/stripe-sandbox/'] },
      to: { path: packages('stripe') },
    },
    {
      name: 'agenda-stays-in-platform-jobs',
      severity: 'error',
      comment: 'Features know job definitions, not the runner.',
      from: { path: '^src/', pathNot: '^src/platform/jobs/' },
      to: { path: packages('agenda', '@agendajs/[^/]+', 'mongodb') },
    },
    {
      name: 'outgoing-http-stays-in-egress',
      severity: 'error',
      comment: 'A second way out would go around the guard; stripe-*.ts call one address that no tenant names.',
      from: { path: '^(src|migrations)/', pathNot: '^src/platform/egress/' },
      to: { path: packages('undici', 'axios', 'got', 'node-fetch', 'ky', 'superagent', 'needle') },
    },
    {
      name: 'pdf-stays-on-paper',
      severity: 'error',
      comment: 'Pages and fonts are of one folder; who wants a PDF gives it a document.',
      from: { path: '^src/', pathNot: '^src/features/invoices/pdf/' },
      to: { path: packages('pdfkit', 'fontkit', '@expo-google-fonts/[^/]+') },
    },
    {
      name: 'files-of-strangers-stay-at-the-edge',
      severity: 'error',
      comment:
        'Bounds, faults and lines are told by src/platform/csv and src/platform/http; a second reader would know none.',
      from: { path: '^(src|migrations)/', pathNot: '^src/platform/(csv|http)/' },
      to: { path: packages('papaparse', '@fastify/multipart', '@fastify/busboy') },
    },
    {
      name: 'graphql-stays-at-the-edge',
      severity: 'error',
      comment: 'Use cases can be called from a job, so they know no GraphQL. The demo is a client of the API.',
      from: {
        path: '^src/',
        pathNot: [
          '\\.(graphql|resolver)\\.ts$',
          '^src/platform/(graphql|live|http)/',
          '^src/app(/|\\.ts$)',
          '^src/demo/',
        ],
      },
      to: { path: packages('graphql', 'graphql-[a-z]+', 'type-graphql', '@apollo/server', '@as-integrations/[^/]+') },
    },
    {
      name: 'sandbox-knows-nothing-of-the-product',
      severity: 'error',
      comment: 'The stand-in must not agree with us because it shares our code.',
      from: { path: '^src/stripe-sandbox/' },
      to: { path: '^(src|migrations|test|prove|bench|scripts)/', pathNot: '^src/stripe-sandbox/' },
    },
    {
      name: 'product-knows-nothing-of-the-sandbox',
      severity: 'error',
      comment: 'To the product the sandbox is a URL. Only what starts, shows or tests the program may start it.',
      from: {
        path: '^(src|migrations)/',
        pathNot: ['^src/stripe-sandbox/', '^src/(app|main)(/|\\.ts$)', '^src/(start|demo)/'],
      },
      to: { path: '^src/stripe-sandbox/' },
    },
    {
      name: 'migrations-know-only-the-database',
      severity: 'error',
      comment: 'A migration must do the same in a year: it may not call code that goes on changing.',
      from: { path: '^migrations/' },
      to: { path: '^(src|test|prove|bench|scripts)/', pathNot: '^src/platform/database/' },
    },
    {
      name: 'product-knows-no-runner',
      severity: 'error',
      comment: 'Tests, benches and scripts import the product, never the other way round.',
      from: { path: '^(src|migrations)/' },
      to: { path: RUNNERS },
    },
    {
      name: 'product-needs-no-dev-dependency',
      severity: 'error',
      comment: 'Images are installed without them.',
      from: { path: '^(src|migrations)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional'] },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      comment: 'What cannot be found cannot be judged by the other rules.',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // TypeScript 7 has no API for tools; without swc, type-only imports would be taken for plain ones.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(dist|coverage|docs|\\.quittance|test/architecture/fixtures)/'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
