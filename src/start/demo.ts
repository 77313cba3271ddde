import type { Config } from '../config.js';
import { ApiClient } from '../demo/api-client.js';
import { DEMO_FILE, type DemoFile, type DemoUrls, parseDemoFile } from '../demo/demo-file.js';
import { makeDemoTenants } from '../demo/make-tenants.js';
import { createApiKey, PLATFORM, SCOPES_BY_KIND } from '../features/tenancy/index.js';
import type { Program, Sandbox } from './program.js';

/** The demo tenants: made at the first start, and found by their keys at every later one. */
export async function openDemo({ app, folder }: Program, sandbox: Sandbox, config: Config): Promise<DemoFile> {
  const urls = urlsOf(config, sandbox);
  const local = { ...urls, graphqlUrl: `http://${localHost(config.host)}:${config.port}/graphql` };
  const kept = parseDemoFile(await folder.read(DEMO_FILE));
  const isGood = kept !== null && (await isKnown(local, kept.merchantKey));
  const keys = isGood ? kept : await makeDemoTenants(local, await newPlatformKey(app));
  // Before the keys are handed out the sandbox writes down whose they are: a crash must not part the two.
  if (!isGood) await fetch(`${urls.stripeSandboxControlUrl}/state/flush`, { method: 'POST' });
  const demo = { ...keys, ...urls };
  await folder.write(DEMO_FILE, `${JSON.stringify(demo, null, 2)}\n`);
  return demo;
}

function urlsOf({ publicUrl }: Config, sandbox: Sandbox): DemoUrls {
  return {
    graphqlUrl: `${publicUrl}/graphql`,
    graphqlWsUrl: `${publicUrl.replace(/^http/, 'ws')}/graphql`,
    graphiqlUrl: `${publicUrl}/graphiql`,
    stripeSandboxUrl: sandbox.url,
    stripeSandboxControlUrl: sandbox.controlUrl,
  };
}

function localHost(host: string): string {
  return ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
}

/** The file may be older than the database. */
async function isKnown(urls: DemoUrls, key: string): Promise<boolean> {
  return new ApiClient(urls.graphqlUrl, key).ask('{ viewer { kind } }').then(
    () => true,
    () => false,
  );
}

async function newPlatformKey({ units }: Program['app']): Promise<string> {
  const { secret } = await units.run(PLATFORM, (uow) =>
    createApiKey(uow, {
      kind: 'PLATFORM',
      mode: 'TEST',
      merchantId: null,
      name: 'demo',
      scopes: SCOPES_BY_KIND.PLATFORM,
      expiresAt: null,
    }),
  );
  return secret ?? '';
}
