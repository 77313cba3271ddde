import { isDeepStrictEqual } from 'node:util';
import { notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import { nextState } from '../../kernel/state-machine.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { agreementStatusChanged } from './agreement-events.js';
import type { AgreementFile, AgreementRow, ChangeRow, ChargeRow } from './agreement-rows.js';
import { AGREEMENTS, CHANGES, CHARGES, CHARGES_OF_FILE, LOCK_AGREEMENT } from './agreements-sql.js';
import { completion } from './completion.js';
import { AGREEMENT_TRANSITIONS, type AgreementEvent } from './domain/agreement-status.js';
import type { ChangeKind, SuspensionCause } from './domain/words.js';
import { settlePlan } from './plan.js';

/** Which fields an entry of the history is about. What is not here is bookkeeping, or follows from these. */
const HISTORY: readonly (readonly [kind: ChangeKind, fields: readonly (keyof AgreementRow)[]])[] = [
  ['STATUS', ['status', 'suspendedBecause']],
  [
    'TERMS',
    [
      'startDate',
      'expiryDate',
      'minimum',
      'maximum',
      'minimumDays',
      'numberOfPayments',
      'frequency',
      'retailer',
      'metadata',
    ],
  ],
  ['SCHEDULE', ['period', 'intervalCount', 'scheduleStart', 'finishDate', 'timeZone', 'localTime']],
  ['CHARGE_AMOUNT', ['chargeMode', 'chargeAmounts']],
  ['CREDENTIAL', ['credentialId']],
  ['TOP_UP', ['topUpThreshold', 'topUpAmount']],
];

/**
 * The only way an agreement changes: its row is locked, `change` decides on the
 * file in memory, and whatever differs after is written with its history and
 * the events that tell of it. When it is due next, and whether it has done what
 * it was made for, is derived, never set.
 * `by` is the API key that asked for it; null for what happened by itself.
 */
export async function changeAgreement<Result>(
  transaction: Transaction,
  agreementId: string,
  by: string | null,
  change: (file: AgreementFile) => Result | Promise<Result>,
  also: AlsoCharge = {},
): Promise<{ readonly file: AgreementFile; readonly result: Result }> {
  const file = await lockedAgreement(transaction, agreementId, also);
  const before = asItWas(file);
  const result = await change(file);
  settleStatus(file);
  settlePlan(file);
  saveChanges(transaction, before, file, by);
  return { file, result };
}

function settleStatus(file: AgreementFile): void {
  const end = completion(file);
  if (end === 'COMPLETE') advanceIfPossible(file.agreement, 'complete');
  else if (end) advanceIfPossible(file.agreement, 'suspend', end);
}

/** Values within rows are replaced, never changed in place, so a copy of the rows is enough. */
function asItWas({ agreement, charges }: AgreementFile): AgreementFile {
  return { agreement: { ...agreement }, charges: charges.map((charge) => ({ ...charge })) };
}

/** A charge that is needed on the file though it may be finished. */
export interface AlsoCharge {
  readonly chargeId?: string | null;
  readonly number?: number | null;
}

export async function lockedAgreement(
  transaction: Transaction,
  agreementId: string,
  { chargeId = null, number = null }: AlsoCharge = {},
): Promise<AgreementFile> {
  const key = [transaction.operatorId, agreementId];
  const [[agreement], charges] = await Promise.all([
    transaction.query<AgreementRow>(LOCK_AGREEMENT, key),
    transaction.query<ChargeRow>(CHARGES_OF_FILE, [...key, chargeId, number]),
  ]);
  if (!agreement) throw notFound('agreement');
  return { agreement, charges };
}

/** Moves an agreement on, or refuses in words where its status does not allow it. */
export function advance(agreement: AgreementRow, event: AgreementEvent, because: SuspensionCause | null = null): void {
  agreement.status = nextState(AGREEMENT_TRANSITIONS, agreement.status, event);
  agreement.suspendedBecause = because;
}

/** The same where the status may have moved on already: says whether it did anything. */
export function advanceIfPossible(
  agreement: AgreementRow,
  event: AgreementEvent,
  because: SuspensionCause | null = null,
): boolean {
  if (!(event in AGREEMENT_TRANSITIONS[agreement.status])) return false;
  advance(agreement, event, because);
  return true;
}

/** Writes an entry that before and after of the agreement itself do not tell. */
export function note(
  transaction: Transaction,
  agreementId: string,
  kind: ChangeKind,
  text: string,
  by: string | null = null,
): void {
  insertChanges(transaction, [changeRow(transaction, { agreementId, kind, apiKeyId: by, note: text })]);
}

/** Not awaited: it travels with the commit. The agreement is made with its first entry. */
export function insertAgreement(transaction: Transaction, file: AgreementFile, by: string | null): void {
  const { agreement, charges } = file;
  settlePlan(file);
  transaction.send(AGREEMENTS.insert, AGREEMENTS.parameters(transaction.operatorId, [agreement]));
  if (charges.length > 0) transaction.send(CHARGES.insert, CHARGES.parameters(transaction.operatorId, charges));
  insertChanges(transaction, [
    changeRow(transaction, {
      agreementId: agreement.id,
      kind: 'CREATED',
      apiKeyId: by,
      after: { status: agreement.status },
    }),
  ]);
  transaction.publish(agreementStatusChanged(null, agreement));
}

function saveChanges(transaction: Transaction, before: AgreementFile, file: AgreementFile, by: string | null): void {
  const { operatorId, now } = transaction;
  const { agreement } = file;
  const known = new Map(before.charges.map((charge) => [charge.id, charge]));
  const changed = file.charges.filter((charge) => {
    const old = known.get(charge.id);
    return old && !isDeepStrictEqual(old, { ...charge });
  });
  const added = file.charges.filter(({ id }) => !known.has(id));
  if (added.length > 0) transaction.send(CHARGES.insert, CHARGES.parameters(operatorId, added));
  if (changed.length > 0) transaction.send(CHARGES.update, CHARGES.parameters(operatorId, changed));
  if (isDeepStrictEqual(before.agreement, { ...agreement })) return;

  agreement.updatedAt = now;
  transaction.send(AGREEMENTS.update, AGREEMENTS.parameters(operatorId, [agreement]));
  insertChanges(transaction, historyOf(transaction, before.agreement, agreement, by));
  if (before.agreement.status !== agreement.status) {
    transaction.publish(agreementStatusChanged(before.agreement.status, agreement));
  }
}

function historyOf(
  transaction: Transaction,
  before: AgreementRow,
  after: AgreementRow,
  by: string | null,
): ChangeRow[] {
  return HISTORY.flatMap(([kind, fields]) => {
    const changed = fields.filter((field) => !isDeepStrictEqual(before[field], after[field]));
    if (changed.length === 0) return [];
    const pick = (row: AgreementRow) => Object.fromEntries(changed.map((field) => [field, row[field]]));
    const entry = { agreementId: after.id, kind, apiKeyId: by, before: pick(before), after: pick(after) };
    return [changeRow(transaction, entry)];
  });
}

function changeRow(
  { now }: Transaction,
  entry: Pick<ChangeRow, 'agreementId' | 'kind' | 'apiKeyId'> & Partial<ChangeRow>,
): ChangeRow {
  return { id: newUuid(), note: null, before: null, after: null, createdAt: now, ...entry };
}

function insertChanges(transaction: Transaction, changes: readonly ChangeRow[]): void {
  if (changes.length === 0) return;
  transaction.send(CHANGES.insert, CHANGES.parameters(transaction.operatorId, changes));
}
