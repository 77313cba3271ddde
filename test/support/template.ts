import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';
import pg from 'pg';
import { TEMPLATE } from './database.js';
import { TEST_PASSWORDS } from './test-passwords.js';

/**
 * Makes the database `quittance_template` that every test database is a copy
 * of. Entities have decorators, which Node itself cannot read, and Jest's
 * transforms do not reach here: so they are compiled as they are imported.
 */
export async function prepareTemplate(serverUrl: string): Promise<void> {
  const hooks = registerHooks({
    load: (url, context, next) => {
      if (!url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
      return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
    },
  });
  try {
    await import('reflect-metadata');
    const { MIGRATIONS } = await import('../../migrations/index.js');
    const { ENTITIES } = await import('../../src/entities.js');
    const { migrate } = await import('../../src/platform/database/migrate.js');
    await recreate(`${serverUrl}postgres`);
    await migrate(`${serverUrl}${TEMPLATE}`, { entities: ENTITIES, migrations: MIGRATIONS }, TEST_PASSWORDS);
  } finally {
    hooks.deregister();
  }
}

/** A server that outlives the run may have the template of another day. */
async function recreate(adminUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`drop database if exists ${TEMPLATE} with (force)`);
    await admin.query(`create database ${TEMPLATE}`);
  } finally {
    await admin.end();
  }
}

function compiled(file: string): string {
  return transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      target: 'es2024',
    },
    module: { type: 'es6' },
    swcrc: false,
  }).code;
}
