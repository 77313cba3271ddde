import type { AccountRow } from './account-sql.js';
import type { InboxParts } from './inbox-parts.js';
import { markKeysRejected } from './mark-keys-rejected.js';

/**
 * Finds out whether an account's keys are still good, after a call was refused
 * for them. A restricted key may lack one right and be good for the rest; one
 * that cannot even say whose it is, is not, and no new order is begun with it.
 */
export async function checkKeys(
  { units, gateways }: Pick<InboxParts, 'units' | 'gateways'>,
  account: AccountRow,
): Promise<void> {
  const answer = await gateways.systemFor(account).describeAccount();
  if (answer.kind !== 'refused' || !answer.refusal.keysRejected) return;
  await units.sql(account.operatorId, (transaction) => markKeysRejected(transaction, account));
}
