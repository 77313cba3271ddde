import { statement } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';

/** One that is locked is being looked at; waiting for it could be waiting for each other. */
const HURRY_OF_ACCOUNT = statement(
  'transactions_hurry_of_account',
  `update transactions set due_at = $3 where operator_id = $1 and id in (
     select t.id from transactions t join orders o on o.operator_id = t.operator_id and o.id = t.order_id
     where t.operator_id = $1 and o.payment_system_account_id = $2 and t.status = 'UNKNOWN' and t.due_at > $3
     for no key update of t skip locked)`,
);

/** What could not be learnt with an account's old keys is asked for with the new ones, and not only at its next turn. */
export async function onKeysRotated(transaction: Transaction, { subjectId }: DomainEvent): Promise<void> {
  await transaction.query(HURRY_OF_ACCOUNT, [transaction.operatorId, subjectId, transaction.now]);
}
