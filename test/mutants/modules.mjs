import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import config from '../../jest.config.js';

const GLOBALS = new URL('../support/jest-globals.mjs', import.meta.url).href;
const { transformSync } = createRequire(import.meta.url)('@swc/core');
const [{ transform }] = config.projects;

const compiled = new Map();
const importedBy = new Map();
let renewed = new Set();
let generation = 0;

registerHooks({ resolve, load });

/** Loads a test file anew, and the files named, but shares all else with those before. */
export function importAnew(file, files = new Set()) {
  renewed = files;
  generation += 1;
  return import(`${pathToFileURL(file).href}?of=${generation}`);
}

/** How many imports lie between each file that leads to this one and this one, as far as files were loaded. */
export function distancesTo(file) {
  const distances = new Map([[file, 0]]);
  for (const [each, distance] of distances) {
    for (const importer of importedBy.get(each) ?? []) {
      if (!distances.has(importer)) distances.set(importer, distance + 1);
    }
  }
  return distances;
}

function resolve(name, context, next) {
  if (name === '@jest/globals') return { url: GLOBALS, format: 'module', shortCircuit: true };
  const { parentURL = '' } = context;
  if (!/^\.\.?\/.*\.js$/.test(name) || parentURL.includes('/node_modules/')) return next(name, context);
  const stem = new URL(name.slice(0, -'.js'.length), parentURL).href;
  const url = [`${stem}.ts`, `${stem}.tsx`].find((each) => existsSync(fileURLToPath(each)));
  if (!url) return next(name, context);
  const file = fileURLToPath(url);
  if (!importedBy.has(file)) importedBy.set(file, new Set());
  importedBy.get(file).add(fileURLToPath(parentURL));
  return { url: renewed.has(file) ? `${url}?of=${generation}` : url, format: 'module', shortCircuit: true };
}

function load(url, context, next) {
  const [address] = url.split('?');
  if (!/\.tsx?$/.test(address) || address.includes('/node_modules/')) return next(url, context);
  const file = fileURLToPath(address);
  if (!compiled.has(file)) compiled.set(file, compile(file));
  return { format: 'module', source: compiled.get(file), shortCircuit: true };
}

/** By the options that Jest compiles by. */
function compile(filename) {
  const [, [, options]] = Object.entries(transform).find(([pattern]) => new RegExp(pattern).test(filename));
  return transformSync(readFileSync(filename, 'utf8'), { ...options, filename, swcrc: false }).code;
}
