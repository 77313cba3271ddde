import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { fromConfig } from './from-jest.mjs';
import * as globals from './jest-globals.mjs';
import { loadSources } from './source-hooks.mjs';

const CIRCUS = fromConfig.resolve('jest-circus/runner');
const require = createRequire(CIRCUS);

/** Whoever imports fixtures with decorators, which would be in the schema of the product, has modules of its own. */
const WITH_FIXTURES = / from '\.[^']*\/fixture-/;

let runs = 0;

/**
 * Jest's own test runner, but with Node's module system in place of Jest's: a
 * worker loads the product and its libraries once, not once for each of a
 * hundred test files, and what V8 has compiled and optimised stays so. That
 * took 40 % of the time. Test files share modules, then, as they share the
 * process: they keep what they change in what they start, not in modules.
 */
export default async function runShared(globalConfig, config, environment, runtime, testPath, send) {
  const run = require(CIRCUS).default;
  if (WITH_FIXTURES.test(await readFile(testPath, 'utf8'))) {
    return run(globalConfig, { ...config, injectGlobals: true }, environment, runtime, testPath, send);
  }
  const sourceMaps = await loadSources(config);
  globals.forget();
  runtime.requireInternalModule = requireAnew;
  runtime.setGlobalsForRuntime = globals.offer;
  runtime.unstable_importModule = async (file) => {
    runs += 1;
    await import(`${pathToFileURL(file).href}?run=${runs}`);
    for (const [source, map] of sourceMaps) runtime.getSourceMaps().set(source, map);
  };
  const { console } = globalThis;
  globalThis.console = environment.global.console;
  try {
    return await run(globalConfig, config, environment, runtime, testPath, send);
  } finally {
    globalThis.console = console;
  }
}

/** The part of the runner that has the state of one test file. */
function requireAnew(name) {
  delete globalThis[Symbol.for('EVENT_HANDLERS')];
  delete require.cache[name];
  return require(name);
}
