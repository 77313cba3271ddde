import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import { type AccountRow, type Answer, accountOf, checkKeys, type PaymentGateways } from '../payment-systems/index.js';
import { recordMandate } from './credential-changes.js';
import { nextTryAt } from './domain/next-try.js';
import type { OwnedCredential } from './stored-credentials.js';
import { SETTLE_DUE_CREDENTIAL } from './stored-credentials-sql.js';

/** What carries out at payment systems what is due for stored credentials: never given to what runs in a transaction. */
export interface CredentialCarriers {
  readonly units: UnitsOfWork;
  readonly gateways: PaymentGateways;
}

/**
 * Calls the payment system for a credential that was claimed: a removed one is
 * detached, of any other the mandate is seen. What fails is due again; at an
 * account that is disconnected nothing can be done any more.
 */
export async function carryOutCredential(
  carriers: CredentialCarriers,
  operatorId: string,
  credential: OwnedCredential,
): Promise<void> {
  const { units } = carriers;
  const account = await units.sql(operatorId, (tx) => accountOf(tx, operatorId, credential.accountId));
  if (account.secretKeyEncrypted === '') return settle(units, operatorId, credential, null);
  const answer = await (credential.status === 'REMOVED'
    ? detach(carriers, account, credential)
    : seeMandate(carriers, account, credential));
  const dueAt = answer.kind === 'done' ? null : nextTryAt(credential.tries, units.clock.now());
  await settle(units, operatorId, credential, dueAt);
  if (answer.kind === 'refused' && answer.refusal.keysRejected) await checkKeys(carriers, account);
}

/** Detaching moves no money, so where its key is spoilt by an error that was saved under it, another one will do. */
async function detach(
  { units, gateways }: CredentialCarriers,
  account: AccountRow,
  { id, externalId }: OwnedCredential,
): Promise<Answer<null>> {
  const call = (key: string) => gateways.gatewayFor(account).detachCredential(externalId, key);
  const first = await call(`${id}-detach`);
  const isSpoilt = first.kind === 'unknown' && first.replayed;
  return isSpoilt ? call(`${id}-detach-${units.clock.now().getTime()}`) : first;
}

async function seeMandate(
  { units, gateways }: CredentialCarriers,
  account: AccountRow,
  { id, mandateExternalId }: OwnedCredential,
): Promise<Answer<unknown>> {
  if (!mandateExternalId) return { kind: 'done', value: null };
  const answer = await gateways.gatewayFor(account).retrieveMandate(mandateExternalId);
  if (answer.kind === 'done') await units.sql(account.operatorId, (tx) => recordMandate(tx, id, answer.value));
  return answer;
}

function settle(
  units: UnitsOfWork,
  operatorId: string,
  { id, dueAt: lease, tries }: OwnedCredential,
  dueAt: Date | null,
): Promise<void> {
  return units.sql(operatorId, async (tx) => tx.send(SETTLE_DUE_CREDENTIAL, [operatorId, id, lease, tries, dueAt]));
}
