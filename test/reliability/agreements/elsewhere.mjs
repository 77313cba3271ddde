import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/** A simulated time in a process of its own, whose machine may stand in another zone; it prints what it came to. */
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
const { liveThrough } = await import('./virtual-time.ts');
const found = await liveThrough(JSON.parse(process.argv[2]));
process.stdout.write(JSON.stringify({ ...found, offset: new Date('2027-12-01T00:00:00Z').getTimezoneOffset() }));
