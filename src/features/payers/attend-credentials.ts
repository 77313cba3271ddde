import { later } from '../../kernel/clock.js';
import type { Row, Sql } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { Due, OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { type CredentialCarriers, carryOutCredential } from './carry-out-credential.js';
import { LEASE_MS } from './domain/next-try.js';
import { credentialById, type OwnedCredential } from './stored-credentials.js';
import { CLAIM_DUE_CREDENTIAL, DUE_CREDENTIALS } from './stored-credentials-sql.js';

/**
 * Calls payment systems for the stored credentials that are due: removed ones
 * whose detaching was cut off or failed, and new mandates. Each is claimed for
 * a minute; detaching twice is detaching once.
 */
export async function attendCredentials(
  carriers: CredentialCarriers,
  system: Sql,
  lanes: OperatorLanes,
): Promise<number> {
  const due = await system.query<Due & Row>(DUE_CREDENTIALS, [carriers.units.clock.now()]);
  return lanes.work(due, async ({ operatorId, id }) => {
    const claimed = await carriers.units.sql(operatorId, (tx) => claim(tx, id));
    if (claimed) await carryOutCredential(carriers, operatorId, claimed);
  });
}

async function claim(transaction: Transaction, id: string): Promise<OwnedCredential | null> {
  const { operatorId, realNow } = transaction;
  const lease = later(realNow, LEASE_MS);
  const [claimed] = await transaction.query(CLAIM_DUE_CREDENTIAL, [operatorId, id, realNow, lease]);
  return claimed ? credentialById(transaction, id) : null;
}
