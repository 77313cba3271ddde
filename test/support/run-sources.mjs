import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, enableCompileCache, flushCompileCache, registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/**
 * Lets Node run our sources, for processes of their own that tests start: each
 * would compile some seven hundred files, so what came of them is kept, of
 * TypeScript here and of JavaScript by Node.
 */
const KEPT = path.join(import.meta.dirname, '../../node_modules/.cache/compiled-sources');
const optionsFor = (filename) => ({
  jsc: {
    // As tsconfig.json has it; pages are `.tsx`, in which a type in angle brackets would be an element.
    parser: { syntax: 'typescript', decorators: true, tsx: filename.endsWith('.tsx') },
    transform: {
      legacyDecorator: true,
      decoratorMetadata: true,
      useDefineForClassFields: false,
      react: { runtime: 'automatic', importSource: 'preact' },
    },
    target: 'es2024',
  },
  module: { type: 'es6' },
  swcrc: false,
});

mkdirSync(KEPT, { recursive: true });
enableCompileCache(path.join(KEPT, 'by-node'));
registerHooks({ resolve, load: loadSource });

/** Node writes down what it compiled when a process ends, which those that are killed do not. */
export async function load(url) {
  const loaded = await import(url);
  flushCompileCache();
  return loaded;
}

function resolve(name, context, next) {
  const isOurs = /^\.\.?\/.*\.js$/.test(name) && /\.tsx?$/.test(context.parentURL ?? '');
  if (!isOurs) return next(name, context);
  const stem = name.slice(0, -'.js'.length);
  try {
    return next(`${stem}.ts`, context);
  } catch {
    return next(`${stem}.tsx`, context);
  }
}

function loadSource(url, context, next) {
  const isOurs = /\.tsx?$/.test(url) && !url.includes('/node_modules/');
  return isOurs ? { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true } : next(url, context);
}

function compiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const options = optionsFor(filename);
  const hash = createHash('sha256').update(JSON.stringify(options)).update(source).digest('hex');
  const kept = path.join(KEPT, `${hash}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformSync(source, { filename, ...options });
    // Several processes may be at it: whole or not at all.
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
    return code;
  }
}
