import type { App } from '../app.js';
import type { Config } from '../config.js';
import { systemClock } from '../kernel/clock.js';
import type { EmbeddedPostgres } from '../platform/database/embedded-postgres.js';
import { openOrm } from '../platform/database/orm.js';
import { pipelinedPool, plainPool } from '../platform/database/pools.js';
import { assertConfined } from '../platform/database/role-guard.js';
import type { AgendaStore } from '../platform/jobs/agenda-store.js';
import type { Log } from '../platform/logging/log.js';
import { generateMasterKey, MasterKeys } from '../platform/secrets/master-keys.js';
import { DataFolder } from './data-folder.js';
import { type DatabaseUrls, databaseUrls, migrateAll, startDatabase } from './databases.js';
import type { Narrator } from './narrator.js';
import { assertPortFree } from './ports.js';
import { orRefuse } from './refusal.js';
import { stripeOptions } from './stripe-options.js';
import { Teardown } from './teardown.js';
import { trustedDocumentsIn } from './trusted-documents.js';

/** Connections of one process: four of them fit a server with the usual 100. */
const POOL_MAX = { app: 10, orm: 5, copies: 8, system: 3 };

const HTTP_DRAIN_MS = 4_000;
/** Of that, how long others are given to see that requests are to go elsewhere. */
const NOTICE_MS = 1_000;
const JOBS_DRAIN_MS = 3_000;

export interface Sandbox {
  readonly url: string;
  readonly controlUrl: string;
}

export interface Program {
  readonly app: App;
  readonly folder: DataFolder;
  /** The one in this process, or the one that the settings name; null with the real Stripe. */
  readonly sandbox: Sandbox | null;
}

/** The whole program: started part by part, and stopped in the opposite order, however far it has come. */
export class ProgramStart {
  readonly #teardown: Teardown;
  #postgres: EmbeddedPostgres | null = null;

  constructor(
    private readonly config: Config,
    private readonly log: Log,
    private readonly narrator: Narrator,
  ) {
    this.#teardown = new Teardown(log);
  }

  get stopping(): boolean {
    return this.#teardown.begun;
  }

  stop(): Promise<void> {
    return this.#teardown.run();
  }

  /** Without waiting for anything: what PostgreSQL has open it repairs at the next start. */
  abandon(): void {
    this.#postgres?.stopImmediately();
  }

  /** Modules are read while PostgreSQL makes its files: on the first start each takes about a second. */
  async run(): Promise<Program> {
    const { config, narrator } = this;
    await this.#assertPortsFree();
    const folder = await DataFolder.open(config.dataDir);
    const masterKeys = MasterKeys.parse(config.masterKey ?? (await folder.secret('master-key', generateMasterKey)));
    const modules = import('../app.js');
    modules.catch(() => {});
    await this.#startPostgres(folder);
    const urls = databaseUrls(config.database, this.#postgres, masterKeys);
    if (config.migrate) {
      await narrator.during('Tables up to date', () =>
        migrateAll(urls, { agendaInPostgres: config.agendaMongodbUrl === null, masterKeys }),
      );
    }
    const sandbox = await this.#startSandbox(folder);
    const { buildApp } = await modules;
    const app = await narrator.during('Program', () => this.#startApp(buildApp, { urls, masterKeys, sandbox }));
    return { app, folder, sandbox };
  }

  async #assertPortsFree(): Promise<void> {
    const { host, port, stripe } = this.config;
    await assertPortFree(port, host, 'PORT');
    if (stripe.kind !== 'sandbox') return;
    await assertPortFree(stripe.port, '127.0.0.1', 'STRIPE_SANDBOX_PORT');
    await assertPortFree(stripe.controlPort, '127.0.0.1', 'STRIPE_SANDBOX_CONTROL_PORT');
  }

  async #startPostgres(folder: DataFolder): Promise<void> {
    const { database } = this.config;
    if (database.kind !== 'embedded') return;
    const onLog = (line: string) => this.log.debug({ postgres: line }, 'PostgreSQL says');
    const postgres = await this.narrator.during('PostgreSQL', () => startDatabase(folder, database.port, onLog));
    this.#postgres = postgres;
    this.#teardown.add('PostgreSQL', () => postgres.stop());
  }

  async #startSandbox(folder: DataFolder): Promise<Sandbox | null> {
    const { stripe } = this.config;
    if (stripe.kind === 'real') return null;
    if (stripe.kind === 'elsewhere') return { url: stripe.url, controlUrl: stripe.controlUrl ?? '' };
    const { startStripeSandbox } = await import('../stripe-sandbox/index.js');
    const { port, controlPort } = stripe;
    const sandbox = await this.narrator.during('Stripe sandbox', () =>
      startStripeSandbox({ port, controlPort, stateFile: folder.path('stripe-sandbox.json') }),
    );
    this.#teardown.add('Stripe sandbox', () => sandbox.close());
    return { url: sandbox.url, controlUrl: sandbox.controlUrl };
  }

  async #startApp(
    buildApp: typeof import('../app.js').buildApp,
    { urls, masterKeys, sandbox }: { urls: DatabaseUrls; masterKeys: MasterKeys; sandbox: Sandbox | null },
  ): Promise<App> {
    const { config, log } = this;
    const { orm, app: appPool, copies, system } = await this.#openPools(urls);
    const app = await buildApp({
      orm,
      app: appPool,
      copies,
      system,
      systemUrl: urls.system,
      jobStore: this.#jobStore(urls),
      masterKeys,
      clock: systemClock,
      log,
      healthOnly: config.role === 'worker',
      introspection: config.introspection,
      graphiql: config.graphiql,
      httpAllowed: config.allowHttpUrls,
      cardDataAccepted: config.acceptCardData,
      rate: { perSecond: config.ratePerSecond, burst: 2 * config.ratePerSecond },
      paymentPageOrigins: config.paymentPageOrigins,
      trustedProxies: config.trustedProxies,
      trustedDocuments: trustedDocumentsIn(config.trustedDocuments),
      stripe: stripeOptions(sandbox?.url ?? null),
      publicUrl: config.publicUrl,
      stripeReachesLocalhost: sandbox !== null,
    });
    this.#teardown.add('event log', () => app.stop());
    if (config.role !== 'api') await orRefuse('The clock of the jobs could not be started: ', () => app.jobs.start());
    this.#teardown.add('jobs', async () => {
      const unfinished = await app.jobs.drain(JOBS_DRAIN_MS);
      if (unfinished.length > 0) log.warn({ jobs: unfinished }, 'jobs did not end in time; others will take them over');
    });
    await orRefuse('', () => app.http.listen({ port: config.port, host: config.host }));
    // A developer's own is the only one, and nobody sends its requests elsewhere.
    const noticeMs = config.database.kind === 'embedded' || config.role === 'worker' ? 0 : NOTICE_MS;
    this.#teardown.add('server', () => app.http.drain(HTTP_DRAIN_MS, noticeMs));
    return app;
  }

  async #openPools(urls: DatabaseUrls) {
    const app = pipelinedPool(urls.app, POOL_MAX.app);
    this.#teardown.add('pool of the application', () => app.end());
    const copies = plainPool(urls.app, POOL_MAX.copies);
    this.#teardown.add('pool of copies', () => copies.end());
    const system = pipelinedPool(urls.system, POOL_MAX.system);
    this.#teardown.add('pool across operators', () => system.end());
    await orRefuse('', () => assertConfined(app));
    await orRefuse('', () => assertConfined(system));
    const { ENTITIES } = await import('../entities.js');
    const orm = await openOrm({ url: urls.app, entities: ENTITIES, poolMax: POOL_MAX.orm });
    this.#teardown.add('ORM', () => orm.close(true));
    return { app, copies, system, orm };
  }

  #jobStore(urls: DatabaseUrls): AgendaStore {
    const { agendaMongodbUrl } = this.config;
    return agendaMongodbUrl === null ? { kind: 'postgres', url: urls.app } : { kind: 'mongodb', url: agendaMongodbUrl };
  }
}
