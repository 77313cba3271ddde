import { registerHooks } from 'node:module';
import type { DatabaseServer } from './database-server.js';

declare global {
  var quittanceTestServer: DatabaseServer | undefined;
}

/**
 * Jest's workers are started afterwards and find the server in their
 * environment. This file runs outside Jest's own module system, which maps
 * `./x.js` to `./x.ts`, so it does that itself, and loads the rest only then.
 */
export default async function globalSetup(): Promise<void> {
  const hooks = registerHooks({
    resolve: (name, context, next) => next(typescriptName(name, context.parentURL), context),
  });
  try {
    const { startDatabaseServer } = await import('./database-server.js');
    const { prepareTemplate } = await import('./template.js');
    const server = await startDatabaseServer(process.env.TEST_POSTGRES_URL);
    globalThis.quittanceTestServer = server;
    process.env.TEST_POSTGRES_URL = server.url;
    await prepareTemplate(server.url).catch((error: unknown) => server.stop().finally(() => Promise.reject(error)));
  } finally {
    hooks.deregister();
  }
}

function typescriptName(name: string, importer: string | undefined): string {
  const isOurs = /^\.\.?\/.*\.js$/.test(name) && importer?.endsWith('.ts');
  return isOurs ? name.replace(/\.js$/, '.ts') : name;
}
