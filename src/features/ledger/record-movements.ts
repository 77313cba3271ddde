import type { AccountRow, BalanceMovement } from '../payment-systems/index.js';
import type { LedgerParts } from './ledger-parts.js';
import { KNOWN_MOVEMENTS } from './movements-sql.js';
import { payoutIds } from './payouts-sql.js';
import { recordMovement } from './record-movement.js';

/** Takes in the movements that are not known yet, each in a transaction of its own; which those were. */
export async function recordMovements(
  { units }: Pick<LedgerParts, 'units'>,
  account: AccountRow,
  movements: readonly BalanceMovement[],
): Promise<readonly BalanceMovement[]> {
  if (movements.length === 0) return [];
  const { operatorId, id } = account;
  const ids = movements.map(({ externalId }) => externalId);
  const sources = movements.flatMap(({ kind, sourceExternalId }) =>
    sourceExternalId && (kind === 'PAYOUT' || kind === 'PAYOUT_FAILURE') ? [sourceExternalId] : [],
  );
  const [known, payouts] = await units.sql(operatorId, (tx) =>
    Promise.all([tx.query<{ externalId: string }>(KNOWN_MOVEMENTS, [operatorId, id, ids]), payoutIds(tx, id, sources)]),
  );
  const knownIds = new Set(known.map(({ externalId }) => externalId));
  const fresh = movements.filter(({ externalId }) => !knownIds.has(externalId));
  for (const movement of fresh) {
    const payoutId = payouts.get(movement.sourceExternalId ?? '') ?? null;
    await units.sql(operatorId, (tx) => recordMovement(tx, account, movement, payoutId));
  }
  return fresh;
}
