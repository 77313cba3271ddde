import { tmpdir } from 'node:os';
import path from 'node:path';

/** Changes the pure rules in thousands of small ways, each of which a unit test has to notice. */
export default {
  mutate: ['src/kernel/**/*.ts', 'src/features/*/domain/**/*.ts'],
  plugins: ['./test/mutants/runner.mjs'],
  testRunner: 'unit-tests',
  coverageAnalysis: 'perTest',
  concurrency: 2,
  tempDirName: path.join(tmpdir(), 'quittance-mutants'),
  ignorePatterns: ['**', '!src/**', '!test/**', '!migrations/**', '!docs/**', '!examples/**', '!*.{json,js,graphql}'],
  // A loop that does not end is mostly found by counting; the time is for a loaded machine.
  timeoutMS: 20_000,
  // Sources are compiled by swc, which has no use for it.
  tsconfigFile: 'none',
  warnings: { slow: false },
  reporters: ['clear-text', 'progress'],
  jsonReporter: { fileName: 'node_modules/.cache/mutants.json' },
  clearTextReporter: { reportTests: false },
  // In percent of the mutants that are noticed; below the last of them the command fails.
  thresholds: { high: 95, low: 90, break: 85 },
};
