import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/** A process of its own that reads the program's sources as Jest does, and delivers until it is killed. */
registerHooks({
  resolve: (name, context, next) =>
    next(
      /^\.\.?\/.*\.js$/.test(name) && context.parentURL?.endsWith('.ts') ? name.replace(/\.js$/, '.ts') : name,
      context,
    ),
  load: (url, context, next) =>
    !url.endsWith('.ts') || url.includes('/node_modules/')
      ? next(url, context)
      : { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true },
});

function compiled(filename) {
  const parser = { syntax: 'typescript', decorators: true };
  const transform = { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false };
  return transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { parser, transform, target: 'es2024' },
    module: { type: 'es6' },
    swcrc: false,
  }).code;
}

await import('reflect-metadata');
const { deliver } = await import('./delivering-process.ts');
await deliver(JSON.parse(process.argv[2]));
