import type { AccountRow, InboxHandlers, InboxOutcome } from '../payment-systems/index.js';
import { attendPayout } from './attend-payout.js';
import type { LedgerParts } from './ledger-parts.js';
import { WAKE_SWEEP } from './movements-sql.js';

/** What a payment system's event means for the ledger: its movements are read, and a payout is looked at. */
export function ledgerInboxHandlers(parts: LedgerParts): Pick<InboxHandlers, 'movement' | 'payout'> {
  return {
    movement: (account) => wakeSweep(parts, account),
    payout: async (account, externalId) => {
      await attendPayout(parts, account, externalId);
      return wakeSweep(parts, account);
    },
  };
}

async function wakeSweep({ units }: LedgerParts, { operatorId, id }: AccountRow): Promise<InboxOutcome> {
  await units.sql(operatorId, (tx) => tx.query(WAKE_SWEEP, [operatorId, id, tx.realNow]));
  return 'done';
}
