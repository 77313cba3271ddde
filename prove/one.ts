import type { Found, Order } from './proof.js';
import { PROOFS } from './proofs.js';

export type Errand = Omit<Order, 'say'> & { readonly name: string };

/** Sends what was found to the parent, and a violation where the proof itself fell over. @public Called by one.mjs. */
export async function carryOut({ name, ...order }: Errand): Promise<void> {
  const load = PROOFS[name];
  if (!load) throw new Error(`no such proof: ${name}`);
  process.env.TEST_POSTGRES_URL = order.postgresUrl;
  const say = (text: string) => void process.stderr.write(`  ${text}\n`);
  const found = await load()
    .then((proof) => proof.run({ ...order, say }))
    .catch(
      (error: unknown): Found => ({
        figures: [],
        violations: [`the proof itself failed: ${error instanceof Error ? error.stack : error}`],
      }),
    );
  // What hangs on is not waited for: a proof that leaves sockets open is still over.
  process.send?.(found, () => process.exit());
}
