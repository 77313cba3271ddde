import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type App, buildApp } from '../../src/app.js';
import { ENTITIES } from '../../src/entities.js';
import { systemClock } from '../../src/kernel/clock.js';
import { openOrm } from '../../src/platform/database/orm.js';
import { pipelinedPool, plainPool } from '../../src/platform/database/pools.js';
import { createLog } from '../../src/platform/logging/log.js';
import { MasterKeys } from '../../src/platform/secrets/master-keys.js';
import type { ServerSettings } from './world.js';

/** Beyond what any line reaches: limits are not what is measured. */
const NO_LIMIT = 1_000_000;

/** The product as `start` puts it together, listening; its jobs run only when woken. */
export async function startProduct(settings: ServerSettings): Promise<{ readonly app: App; readonly url: string }> {
  const { appUrl, systemUrl, stripePort, masterKey, trustedDocuments } = settings;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const app = await buildApp({
    orm: await openOrm({ url: appUrl, entities: ENTITIES, poolMax: 4 }),
    app: pipelinedPool(appUrl, 10),
    system: pipelinedPool(systemUrl, 3),
    systemUrl,
    copies: plainPool(appUrl, 6),
    jobStore: { kind: 'postgres', url: appUrl },
    masterKeys: MasterKeys.parse(masterKey),
    stripe: { host: '127.0.0.1', port: stripePort, protocol: 'http' },
    stripeReachesLocalhost: true,
    publicUrl: url,
    clock: systemClock,
    log: createLog({ level: 'error' }),
    introspection: false,
    graphiql: false,
    httpAllowed: true,
    cardDataAccepted: false,
    rate: { perSecond: NO_LIMIT, burst: NO_LIMIT },
    pace: { TEST: NO_LIMIT, LIVE: NO_LIMIT },
    trustedDocuments,
  });
  await app.http.listen({ port, host: '127.0.0.1' });
  return { app, url };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
