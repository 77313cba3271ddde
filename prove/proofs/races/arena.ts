import { createTestDatabase } from '../../../test/support/database.js';
import { startProduct } from '../../../test/support/product.js';
import type { Processes } from './ground.js';

/** Eight racers for each of eight things stand in the middle of their transactions at once, at two processes. */
const CONNECTIONS = 40;

export interface Arena extends Processes {
  close(): Promise<void>;
}

export async function openArena(postgresUrl: string): Promise<Arena> {
  const database = await createTestDatabase(postgresUrl);
  const one = await startProduct({ database, connections: CONNECTIONS });
  const { sandbox, masterKey } = one;
  const other = await startProduct({ database, sandbox, masterKey, connections: CONNECTIONS });
  // What is not about webhooks is not to depend on them.
  sandbox.control.setWebhookFaults({ lose: 1 });
  const close = async () => {
    await other.close();
    await one.close();
    await sandbox.close();
    await database.drop();
  };
  return { one, other, close };
}
