import 'reflect-metadata';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MIGRATIONS } from '../../migrations/index.js';
import { ENTITIES } from '../../src/entities.js';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { migrate, urlFor } from '../../src/platform/database/migrate.js';
import { APP_ROLE, SYSTEM_ROLE } from '../../src/platform/database/roles.js';
import { generateMasterKey } from '../../src/platform/secrets/master-keys.js';
import { type Child, startChild } from './children.js';
import type { Run, RunResult } from './load.js';
import { postgresCpuMicros } from './postgres-cpu.js';

export interface ServerSettings {
  readonly appUrl: string;
  readonly systemUrl: string;
  readonly stripePort: number;
  readonly masterKey: string;
  readonly trustedDocuments: readonly string[];
}

export interface Tenant {
  readonly merchantKey: string;
  readonly operatorId: string;
  readonly merchantId: string;
}

/** A database server with the product's schema, and a payment system that answers at once; each part is a process. */
export interface Ground {
  readonly settings: ServerSettings;
  readonly ownerUrl: string;
  /** Any order begins another run, in which the same payment takes the same time. */
  readonly paymentSystem: Child<{ port: number }>;
  /** Adds a server of a line's own; it is ended with the rest. */
  start<Ready>(file: URL, settings: object): Promise<Child<Ready>>;
  postgresCpu(): number;
  close(): Promise<void>;
}

/** The same with the product and a load generator. */
export interface World extends Ground {
  readonly product: Child<{ url: string }>;
  readonly tenant: Tenant;
  /** Sends requests; any error fails the line. */
  load(run: Run): Promise<RunResult>;
}

export interface GroundOptions {
  /** Of PostgreSQL. */
  readonly postgres?: Readonly<Record<string, string>>;
  /** How long the payment system takes to answer; at once when absent. */
  readonly latency?: { readonly p50Ms: number; readonly p99Ms: number };
  readonly trustedDocuments?: readonly string[];
}

/** Beyond this share of a core the generator is what is measured, not the server. */
const OWN_CPU_MAX = 0.9;

const here = (file: string) => new URL(file, import.meta.url);

export async function startWorld(trustedDocuments: readonly string[] = []): Promise<World> {
  const ground = await startGround({ trustedDocuments });
  const product = await ground.start<{ url: string }>(here('./product-server.js'), ground.settings);
  const generator = await ground.start<object>(here('./load.js'), {});
  return {
    ...ground,
    product,
    tenant: await product.ask<Tenant>({ order: 'tenant' }),
    load: async (run) => {
      const result = await generator.ask<RunResult>(run);
      if (result.errors > 0)
        throw new Error(`${result.errors} of ${run.requests} requests failed: ${result.firstError}`);
      if (result.ownCpuShare > OWN_CPU_MAX)
        console.error(`the load generator used ${result.ownCpuShare.toFixed(2)} of a core`);
      return result;
    },
  };
}

export async function startGround(options: GroundOptions = {}): Promise<Ground> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'quittance-bench-'));
  chmodSync(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    password: 'bench',
    settings: { max_connections: '100', ...options.postgres },
  });
  const ownerUrl = `${postgres.url}postgres`;
  await migrate(ownerUrl, { entities: ENTITIES, migrations: MIGRATIONS }, { app: 'app', system: 'system' });

  const children: Child<unknown>[] = [];
  const start = async <Ready>(file: URL, given: object): Promise<Child<Ready>> => {
    const child = await startChild<Ready>(file, given);
    children.push(child);
    return child;
  };
  const paymentSystem = await start<{ port: number }>(here('./instant-stripe.js'), {
    latency: options.latency ?? null,
  });
  const settings: ServerSettings = {
    appUrl: urlFor(ownerUrl, APP_ROLE, 'app'),
    systemUrl: urlFor(ownerUrl, SYSTEM_ROLE, 'system'),
    stripePort: paymentSystem.ready.port,
    masterKey: generateMasterKey(),
    trustedDocuments: options.trustedDocuments ?? [],
  };
  return {
    settings,
    ownerUrl,
    paymentSystem,
    start,
    postgresCpu: () => postgresCpuMicros(postgres.pid),
    close: async () => {
      for (const child of children) child.kill();
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
