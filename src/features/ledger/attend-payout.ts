import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { AccountRow, EventPlace, PayoutSnapshot } from '../payment-systems/index.js';
import { isLaterPayoutStatus } from './domain/payout-status.js';
import { payoutStatusChanged } from './ledger-events.js';
import type { LedgerParts } from './ledger-parts.js';
import { ITEMISE } from './movements-sql.js';
import { INSERT_PAYOUT, LOCK_PAYOUT, type PayoutRow, UPDATE_PAYOUT } from './payouts-sql.js';
import { recordMovements } from './record-movements.js';

const EVER = new Date(0);

/** Looks at a payout at the payment system, takes in how it stands and, of an automatic one, what it consists of. */
export async function attendPayout(parts: LedgerParts, account: AccountRow, externalId: string): Promise<void> {
  const answer = await parts.gateways.systemFor(account).retrievePayout(externalId);
  if (answer.kind !== 'done') throw new Error(`the payment system did not show payout ${externalId}: ${answer.kind}`);
  const snapshot = answer.value;
  const payoutId = await parts.units.sql(account.operatorId, (tx) => recordPayout(tx, account, snapshot));
  const isOnItsWay = snapshot.state !== 'FAILED' && snapshot.state !== 'CANCELED';
  if (snapshot.automatic && isOnItsWay) await itemise(parts, account, payoutId, externalId);
}

/** As the payment system shows it now; an older look changes nothing. */
async function recordPayout(transaction: Transaction, account: AccountRow, snapshot: PayoutSnapshot): Promise<string> {
  const { operatorId, now } = transaction;
  const { externalId, state: status, amount, automatic, arrivesAt, failureReason } = snapshot;
  const key = [operatorId, account.id, externalId];
  const id = newUuid();
  const facts = [externalId, status, amount.minor, amount.currency, automatic, arrivesAt, failureReason, now];
  const [inserted] = await transaction.query(INSERT_PAYOUT, [operatorId, id, account.id, account.mode, ...facts]);
  const [payout] = await transaction.query<PayoutRow>(LOCK_PAYOUT, key);
  if (!payout) throw new Error(`payout ${externalId} is not there though it was just recorded`);
  if (!inserted && !isLaterPayoutStatus(payout.status, status)) return payout.id;
  transaction.send(UPDATE_PAYOUT, [operatorId, payout.id, status, arrivesAt, failureReason, now]);
  transaction.publish(payoutStatusChanged(inserted ? null : payout.status, { ...payout, status, failureReason }));
  return payout.id;
}

async function itemise(parts: LedgerParts, account: AccountRow, payoutId: string, externalId: string): Promise<void> {
  const { operatorId, id } = account;
  let place: EventPlace | null = { before: null };
  while (place !== null) {
    const search = { place, since: EVER, payoutExternalId: externalId };
    const answer = await parts.gateways.systemFor(account).listMovements(search);
    if (answer.kind !== 'done') throw new Error(`the movements of payout ${externalId} were not shown: ${answer.kind}`);
    const { movements, next }: { readonly movements: typeof answer.value.movements; readonly next: EventPlace | null } =
      answer.value;
    await recordMovements(parts, account, movements);
    const ids = movements.map((each) => each.externalId);
    await parts.units.sql(operatorId, (tx) => tx.query(ITEMISE, [operatorId, id, payoutId, ids]));
    place = next;
  }
}
