import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { fromCore } from './from-jest.mjs';

const { createScriptTransformer } = fromCore('@jest/transform');

const GLOBALS = new URL('./jest-globals.mjs', import.meta.url).href;
const AS_MODULE = {
  supportsDynamicImport: true,
  supportsExportNamespaceFrom: true,
  supportsStaticESM: true,
  supportsTopLevelAwait: true,
};

const sourceMaps = new Map();
let transformer;

/** Lets Node load our sources as Jest's transform compiles and caches them; returns where the source map of each is. */
export async function loadSources(config) {
  if (!transformer) {
    transformer = await createScriptTransformer(config, new Map());
    registerHooks({ resolve, load });
  }
  return sourceMaps;
}

function resolve(name, context, next) {
  if (name === '@jest/globals') return { url: GLOBALS, format: 'module', shortCircuit: true };
  const isOurs = /^\.\.?\/.*\.js$/.test(name) && !context.parentURL?.includes('/node_modules/');
  const stem = isOurs ? new URL(name.slice(0, -'.js'.length), context.parentURL).href : '';
  const url = isOurs && [`${stem}.ts`, `${stem}.tsx`].find((each) => existsSync(fileURLToPath(each)));
  return url ? { url, format: 'module', shortCircuit: true } : next(name, context);
}

function load(url, context, next) {
  const [address] = url.split('?');
  if (!/\.tsx?$/.test(address) || address.includes('/node_modules/')) return next(url, context);
  const file = fileURLToPath(address);
  const { code, sourceMapPath } = transformer.transform(file, AS_MODULE, readFileSync(file, 'utf8'));
  sourceMaps.set(url, sourceMapPath).set(file, sourceMapPath);
  return { format: 'module', source: code, shortCircuit: true };
}
