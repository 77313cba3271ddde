import type { Transaction } from '../../platform/database/transaction.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import { AGREEMENTS_OF_CREDENTIAL } from './agreements-sql.js';
import { advanceIfPossible, changeAgreement } from './change-agreement.js';

/** What an agreement is charged with is gone: it stops until its payer gives another means of payment. */
export async function onStoredCredentialRemoved(transaction: Transaction, event: DomainEvent): Promise<void> {
  const key = [transaction.operatorId, event.subjectId];
  for (const { id } of await transaction.query<{ id: string }>(AGREEMENTS_OF_CREDENTIAL, key)) {
    await changeAgreement(transaction, id, null, ({ agreement }) => {
      advanceIfPossible(agreement, 'suspend', 'CREDENTIAL_UNUSABLE');
    });
  }
}
