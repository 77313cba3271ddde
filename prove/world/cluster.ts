import { createServer } from 'node:net';
import { urlFor } from '../../src/platform/database/migrate.js';
import { prepareAgendaTables } from '../../src/platform/jobs/agenda-store.js';
import { generateMasterKey } from '../../src/platform/secrets/master-keys.js';
import { startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.js';
import { Client, type Product, startProduct } from '../../test/support/product.js';
import { prepareTemplate } from '../../test/support/template.js';
import { TEST_PASSWORDS } from '../../test/support/test-passwords.js';
import { Member, type Settings } from './member.js';
import { OwnPostgres } from './own-postgres.js';

export interface ClusterOptions {
  /** The role of each process: `api`, `worker` or `all`; the first must answer requests. */
  readonly members: readonly ('api' | 'worker' | 'all')[];
  readonly seed: number;
  /** Settings of every process beside those that the cluster makes itself. */
  readonly settings?: Settings;
  /** A server with the template of test databases, where nobody is going to stop it; one of its own when absent. */
  readonly postgresUrl?: string;
}

/**
 * The product as it is run: programs as processes of their own, PostgreSQL of
 * their own, the sandbox outside of them all. Beside them a witness, which is
 * the product inside the prover: it makes tenants, looks into tables, and does
 * no work of its own.
 */
export class Cluster {
  private constructor(
    private readonly own: OwnPostgres | null,
    private readonly database: TestDatabase,
    readonly sandbox: Awaited<ReturnType<typeof startStripeSandbox>>,
    /** Its `url` and `platform` are the first member's, so that shops made of it talk to the processes. */
    readonly witness: Product,
    /** Where the witness itself answers, when no member is there any more. */
    readonly witnessUrl: string,
    readonly members: readonly Member[],
  ) {}

  static async open({ members: roles, seed, settings = {}, postgresUrl }: ClusterOptions): Promise<Cluster> {
    const own = postgresUrl === undefined ? await OwnPostgres.start() : null;
    if (own) await prepareTemplate(own.url);
    const database = await createTestDatabase(own?.url ?? postgresUrl ?? '');
    // All is up to date, and the programs need not look: they are started by the hundred.
    await prepareAgendaTables(database.url);
    const sandbox = await startStripeSandbox({ seed });
    const masterKey = generateMasterKey();
    const ports = await freePorts(roles.length);
    const common = {
      DATABASE_URL: database.url,
      DATABASE_APP_URL: urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app),
      DATABASE_SYSTEM_URL: urlFor(database.url, 'quittance_system', TEST_PASSWORDS.system),
      QUITTANCE_MASTER_KEY: masterKey,
      QUITTANCE_PUBLIC_URL: `http://127.0.0.1:${ports[0]}`,
      STRIPE_API_URL: sandbox.url,
      STRIPE_SANDBOX_CONTROL_URL: sandbox.controlUrl,
      QUITTANCE_ALLOW_HTTP_URLS: 'on',
      QUITTANCE_RATE_PER_SECOND: '100000',
      HOST: '127.0.0.1',
      QUITTANCE_MIGRATE: 'off',
      LOG_LEVEL: 'warn',
      ...settings,
    };
    const members = roles.map(
      (role, index) => new Member(`${role} ${index}`, { ...common, QUITTANCE_ROLE: role, PORT: `${ports[index]}` }),
    );
    const [inside] = await Promise.all([
      startProduct({ database, sandbox, masterKey }),
      ...members.map((member) => member.start()),
    ]);
    const url = members[0]?.url ?? '';
    const witness = { ...inside, url, platform: new Client(url, inside.platform.key) };
    return new Cluster(own, database, sandbox, witness, inside.url, members);
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** Its own, which may be stopped. */
  get postgres(): OwnPostgres {
    if (!this.own) throw new Error('the database server is not of this cluster alone');
    return this.own;
  }

  member(index: number): Member {
    const member = this.members[index];
    if (!member) throw new Error(`there are ${this.members.length} members, no number ${index}`);
    return member;
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop('SIGKILL')));
    await this.witness.close().catch(() => {});
    await this.sandbox.close();
    await (this.own ? this.own.stop() : this.database.drop());
  }
}

/** Held until all are known, so that no two are the same. */
async function freePorts(count: number): Promise<readonly number[]> {
  const probes = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    probes.map(
      (probe) =>
        new Promise<number>((resolve) => {
          probe.once('listening', () => {
            const address = probe.address();
            resolve(typeof address === 'object' && address ? address.port : 0);
          });
        }),
    ),
  );
  await Promise.all(probes.map((probe) => new Promise((resolve) => probe.close(resolve))));
  return ports;
}
