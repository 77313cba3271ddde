/** As tsconfig.json has it; pages are `.tsx`, in which a type in angle brackets would be an element. */
const compiled = (tsx) => [
  '@swc/jest',
  {
    jsc: {
      parser: { syntax: 'typescript', decorators: true, tsx },
      transform: {
        legacyDecorator: true,
        decoratorMetadata: true,
        useDefineForClassFields: false,
        react: { runtime: 'automatic', importSource: 'preact' },
      },
      target: 'es2024',
    },
    module: { type: 'es6' },
  },
];

const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  resolver: '<rootDir>/test/support/resolver.cjs',
  transform: { '^.+\\.ts$': compiled(false), '^.+\\.tsx$': compiled(true) },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

/** Loads the product once in each worker. Not for what looks at modules being loaded. */
const shared = { ...common, testRunner: '<rootDir>/test/support/shared-modules.mjs', injectGlobals: false };

/** One PostgreSQL server for all. */
const withServer = {
  ...shared,
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

export default {
  // A loaded machine is slow, not wrong: what hangs is still found, and no test waits for this.
  testTimeout: 60_000,
  // As many as CI has cores: a third saved a tenth of the time, and each run had a test that another had kept waiting.
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/architecture/**/*.test.ts'],
    },
    { ...shared, displayName: 'platform', testMatch: ['<rootDir>/test/platform/**/*.test.ts'] },
    { ...withServer, displayName: 'api', testMatch: ['<rootDir>/test/api/**/*.test.ts'] },
    { ...withServer, displayName: 'guides', testMatch: ['<rootDir>/test/guides/**/*.test.ts'] },
    { ...withServer, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.test.ts'] },
    { ...withServer, displayName: 'reliability', testMatch: ['<rootDir>/test/reliability/**/*.test.ts'] },
    { ...common, displayName: 'start', testMatch: ['<rootDir>/test/start/**/*.test.ts'] },
    { ...shared, displayName: 'sandbox', testMatch: ['<rootDir>/test/contract/**/*.test.ts'] },
  ],
};
