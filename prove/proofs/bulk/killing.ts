import { setTimeout as pause } from 'node:timers/promises';
import { asOwner } from '../../world/as-owner.js';
import type { Cluster } from '../../world/cluster.js';
import type { Member } from '../../world/member.js';

const AT_WORK = `select count(*)::int as files from bulk_operations where status = 'RUNNING' and lease_until > now()`;
const ROWS_DONE = `select count(*)::int as rows from bulk_rows r join bulk_operations b on b.operator_id = r.operator_id and b.id = r.operation_id
  where b.status = 'RUNNING' and r.finished_at is not null`;
/** A process that is dead holds its files for a minute; nobody else holds any here. */
const A_MINUTE_LATER = `update bulk_operations set lease_until = now() - interval '1 second', due_at = now() where lease_token is not null`;

/**
 * Kills the only worker again and again in the midst of files, and lets another
 * take over. Resolves with how often that was: when no row is left, it is over.
 */
export async function killCarryingOut(
  { witness }: Cluster,
  worker: Member,
  random: () => number,
  { kills, seconds }: { readonly kills: number; readonly seconds: number },
): Promise<number> {
  const deadline = performance.now() + seconds * 1000;
  const rowsDone = async () => (await asOwner<{ rows: number }>(witness, ROWS_DONE))[0]?.rows ?? 0;
  let killed = 0;
  let before = await rowsDone();
  while (killed < kills && performance.now() < deadline) {
    await pause(20);
    const [{ files = 0 } = {}] = await asOwner<{ files: number }>(witness, AT_WORK);
    const done = await rowsDone();
    // It has done some since it came up, and has others in hand.
    if (files === 0 || done === before) continue;
    await pause(random() * 200);
    await worker.kill();
    killed += 1;
    await asOwner(witness, A_MINUTE_LATER);
    before = await rowsDone();
    await worker.start();
  }
  return killed;
}
