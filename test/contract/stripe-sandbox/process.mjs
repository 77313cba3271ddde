import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/** The sandbox as a process of its own, from its sources, so that it can be killed. It prints where it listens. */
registerHooks({
  resolve: (name, context, next) =>
    next(
      /^\.\.?\/.*\.js$/.test(name) && context.parentURL?.endsWith('.ts') ? name.replace(/\.js$/, '.ts') : name,
      context,
    ),
  load: (url, context, next) =>
    url.endsWith('.ts') && !url.includes('/node_modules/')
      ? { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true }
      : next(url, context),
});

function compiled(filename) {
  const jsc = { parser: { syntax: 'typescript' }, transform: { useDefineForClassFields: false }, target: 'es2024' };
  return transformSync(readFileSync(filename, 'utf8'), { filename, jsc, module: { type: 'es6' }, swcrc: false }).code;
}

const { startStripeSandbox } = await import('../../../src/stripe-sandbox/index.ts');
const { url, controlUrl } = await startStripeSandbox({ stateFile: process.env.STRIPE_SANDBOX_STATE });
console.log(JSON.stringify({ url, controlUrl }));
