import { DomainError, notFound } from '../../kernel/errors.js';
import { violatedConstraint } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { earlierResult, idempotently, keyOf, READ_KEY } from '../../platform/idempotency/idempotently.js';
import type { Caller } from '../orders/index.js';
import type { AgreementRow } from './agreement-rows.js';
import { AGREEMENT_BY_ID } from './agreements-sql.js';

/** On whose behalf an agreement is changed, and by which API key: its history tells. */
export interface AgreementCaller extends Caller {
  readonly keyId: string;
}

/** Another merchant's agreement, or a live one for a test key, does not exist for the caller. */
export function assertAgreementVisible(agreement: AgreementRow, caller: Caller): void {
  const { mode, merchantId } = caller;
  if (agreement.mode === mode && (merchantId === null || merchantId === agreement.merchantId)) return;
  throw notFound('agreement');
}

export async function agreementById(transaction: Transaction, agreementId: string): Promise<AgreementRow> {
  const [agreement] = await transaction.query<AgreementRow>(AGREEMENT_BY_ID, [transaction.operatorId, agreementId]);
  if (!agreement) throw notFound('agreement');
  return agreement;
}

/**
 * What the same request made before, for those that ask outside before they
 * claim: a repetition gets its first answer, whatever is said out there by now.
 */
export async function madeBefore(
  transaction: Transaction,
  idempotency: IdempotentRequest,
): Promise<AgreementRow | null> {
  if (idempotency.key == null) return null;
  const kept = await transaction.query(READ_KEY, keyOf(transaction, idempotency));
  const earlier = kept.length > 0 ? earlierResult(idempotency, [], kept) : null;
  return earlier && agreementById(transaction, earlier.agreementId ?? '');
}

/** Whether the key was used before, by whatever request: what is checked early is not asked again of a repetition. */
export async function isRepetition(transaction: Transaction, idempotency: IdempotentRequest): Promise<boolean> {
  if (idempotency.key == null) return false;
  return (await transaction.query(READ_KEY, keyOf(transaction, idempotency))).length > 0;
}

/** Does `work` once per idempotency key; a repetition is answered with the agreement as it is now. */
export function agreementOnce(
  units: UnitsOfWork,
  operatorId: string,
  idempotency: IdempotentRequest,
  work: (transaction: Transaction) => Promise<AgreementRow>,
): Promise<AgreementRow> {
  const once = (transaction: Transaction) =>
    idempotently(
      transaction,
      idempotency,
      async () => {
        const value = await work(transaction);
        return { result: { agreementId: value.id }, value };
      },
      ({ agreementId = '' }) => agreementById(transaction, agreementId),
    );
  return units.sql(operatorId, once).catch(explained);
}

/** A reference that another agreement of the merchant's has is told from every other trouble. */
export function explained(error: unknown): never {
  if (violatedConstraint(error) !== 'agreements_reference_unique') throw error;
  throw new DomainError(
    'DUPLICATE_REFERENCE',
    'terms.reference: another agreement of this merchant has this reference; references stay taken when an agreement ends',
  );
}
