import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { fastFolder } from '../../test/support/fast-folder.js';

const PASSWORD = 'prove';

/**
 * A server that may be stopped in the middle of everything. What it has
 * committed survives that, as it must: the write-ahead log is in order, only
 * the disk is not waited for, which protects from a loss of power alone.
 */
export class OwnPostgres {
  crashes = 0;

  private constructor(
    private readonly folder: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnPostgres> {
    // Named as those of tests are: what a killed run has left is removed by the next one.
    const folder = await fastFolder(`quittance-test-${process.pid}-`);
    return new OwnPostgres(folder, await launch(folder, 0));
  }

  get url(): string {
    return this.server.url;
  }

  /** An immediate stop and a start on the same port: every session ends, nothing is written down in an orderly way. */
  async crash(): Promise<void> {
    this.crashes += 1;
    const { port, pid } = this.server;
    this.server.stopImmediately();
    await untilGone(pid);
    this.server = await launch(this.folder, port);
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function launch(folder: string, port: number): Promise<EmbeddedPostgres> {
  const settings = { max_connections: '300', shared_buffers: '256MB', fsync: 'off' };
  return startEmbeddedPostgres({ dataDir: path.join(folder, 'data'), password: PASSWORD, port, settings });
}

async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`PostgreSQL (${pid}) does not stop`);
}
