import { localDateAt } from '../../kernel/calendar.js';
import { DomainError, invalidInput } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { type Carriers, carrierFor, carryOutPayment, claimOnce, type OrderFile } from '../orders/index.js';
import { type AgreementCaller, agreementById, assertAgreementVisible } from './agreement-once.js';
import { Faults } from './agreement-plan.js';
import { type AgreementFile, type AgreementRow, type ChargeRow, isOwed, money, scheduleOf } from './agreement-rows.js';
import { changeAgreement } from './change-agreement.js';
import { withNumber } from './free-numbers.js';
import { liveAttempts } from './make-room.js';
import { meansToCharge, newCharge, openAttempt } from './open-attempt.js';
import { amountOfNumber, chargeAmountOf, lastPaymentOn } from './plan.js';

export interface ChargeWanted {
  readonly agreementId: string;
  /** Decimal, in the agreement's currency; null takes the agreement's own. */
  readonly amount: string | null;
  readonly orderNumber: string | null;
  readonly description: string | null;
  /** The period to charge; null: the one that is due or being retried, else none. */
  readonly period: number | null;
  /** Charge beside the schedule, whatever the schedule has done today. */
  readonly outsideSchedule: boolean;
}

export interface AgreementCharged {
  readonly agreement: AgreementRow;
  readonly file: OrderFile;
}

/**
 * Charges an agreement because its merchant asks. It races the billing run
 * safely: both take the agreement's lock, and a period's number is taken once.
 */
export function chargeAgreement(
  carriers: Carriers,
  caller: AgreementCaller,
  wanted: ChargeWanted,
  idempotency: IdempotentRequest,
): Promise<AgreementCharged> {
  return chargeOnce(carriers, caller, wanted, idempotency, (transaction, file) =>
    chosenCharge(transaction, file, wanted),
  );
}

export interface ChargeAsked {
  readonly agreementId: string;
  readonly orderNumber?: string | null;
  readonly description?: string | null;
  readonly period?: number | null;
  /** What is left of a plan is paid off also while it is suspended. */
  readonly alsoSuspended?: boolean;
}

/** Claims a charge once per idempotency key, then carries it out and tells what came of it. */
export async function chargeOnce(
  carriers: Carriers,
  caller: AgreementCaller,
  asked: ChargeAsked,
  idempotency: IdempotentRequest,
  choose: (transaction: Transaction, file: AgreementFile) => ChargeRow | Promise<ChargeRow>,
): Promise<AgreementCharged> {
  const { operatorId } = caller;
  const claim = await withNumber(asked.orderNumber ?? null, (isNumberTaken) =>
    carriers.units.sql(operatorId, (transaction) =>
      claimOnce(transaction, idempotency, async () => {
        const charge = async (file: AgreementFile) => {
          assertAgreementVisible(file.agreement, caller);
          if (!asked.alsoSuspended) assertNotSuspended(file.agreement);
          await assertNothingUnderWay(transaction, file);
          const means = await meansToCharge(transaction, file.agreement);
          const chosen = await choose(transaction, file);
          return openAttempt(transaction, file, chosen, means, { ...asked, isNumberTaken });
        };
        const also = { number: asked.period ?? null };
        const { result } = await changeAgreement(transaction, asked.agreementId, caller.keyId, charge, also);
        return { file: result, operation: result.operations[0] ?? null, toCarryOut: true };
      }),
    ),
  );
  const carrier = await carrierFor(carriers, operatorId, claim.file.order.accountId);
  const file = claim.toCarryOut ? await carryOutPayment(carrier, claim.file) : claim.file;
  const agreement = await carriers.units.sql(operatorId, (tx) => agreementById(tx, file.order.agreementId ?? ''));
  return { agreement, file };
}

/** Before anything else: whatever period is asked for, resuming it comes first. */
function assertNotSuspended({ status }: AgreementRow): void {
  if (status === 'SUSPENDED')
    throw new DomainError('ILLEGAL_TRANSITION', `cannot charge an agreement that is ${status}`);
}

/**
 * One charge at a time: two at once are a double click more often than two
 * debts. What a bank takes days over is not waited for, but for the rest of a
 * plan, which all its parts are in.
 */
async function assertNothingUnderWay(transaction: Transaction, { charges }: AgreementFile): Promise<void> {
  const attempts = await liveAttempts(transaction, charges);
  const payOff = charges.find(({ kind, liveOrderId }) => kind === 'PAY_OFF' && liveOrderId !== null);
  const blocking = attempts.find(
    ({ id, paymentStatus }) => paymentStatus !== 'PROCESSING' || id === payOff?.liveOrderId,
  );
  if (!blocking) return;
  throw new DomainError(
    'OUTCOME_PENDING',
    blocking.status === 'REQUIRES_ACTION'
      ? 'a charge of this agreement waits for its payer to confirm it; cancel that order first'
      : 'a charge of this agreement is under way; try again when it is settled',
  );
}

async function chosenCharge(transaction: Transaction, file: AgreementFile, wanted: ChargeWanted): Promise<ChargeRow> {
  const { now } = transaction;
  const { agreement, charges } = file;
  if (wanted.period !== null) return chargeOfPeriod(file, wanted.period, wanted, now);
  if (!wanted.outsideSchedule) {
    const waiting = charges.find(
      ({ status, number, liveOrderId }) => status === 'OPEN' && number !== null && !liveOrderId,
    );
    if (waiting) return sameAmount(file, waiting, wanted);
    const isDue = agreement.nextChargeAt !== null && agreement.nextChargeAt <= now;
    const goesByNumbers = !scheduleOf(agreement) && agreement.chargeMode === 'SEQUENCE';
    if (isDue || goesByNumbers) return chargeOfPeriod(file, agreement.nextNumber, wanted, now);
    assertNotToday(file, now);
  }
  return extraCharge(file, wanted.amount, now);
}

/** A charge that is of no period. Its amount is a decimal in the agreement's currency; null takes the agreement's own. */
export function extraCharge(file: AgreementFile, amountText: string | null, now: Date): ChargeRow {
  const { type, nextNumber } = file.agreement;
  if (type === 'INSTALLMENT') {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `no part of the plan is due; give period: ${nextNumber} to charge the next one early, or use payOffAgreement`,
    );
  }
  const amount = amountWanted(file, amountText, null);
  return newCharge(file, { kind: 'EXTRA', number: null, amount, plannedAt: now }, now);
}

/** A period that is due, one that failed again, or the next one early. */
function chargeOfPeriod(file: AgreementFile, number: number, wanted: ChargeWanted, now: Date): ChargeRow {
  const { agreement, charges } = file;
  const known = charges.find((charge) => charge.number === number);
  if (known) {
    if (!isOwed(known)) throw new DomainError('ILLEGAL_TRANSITION', `period ${number} was paid already`);
    if (known.liveOrderId) {
      throw new DomainError('OUTCOME_PENDING', `period ${number} is being paid; its bank takes days to answer`);
    }
    return sameAmount(file, known, wanted);
  }
  const planned = amountOfNumber(agreement, number);
  if (number !== agreement.nextNumber || agreement.chargeMode === null) {
    throw new DomainError(
      'ILLEGAL_TRANSITION',
      `period: ${number} cannot be charged; the next one is ${agreement.nextNumber}`,
    );
  }
  if (planned === null || (scheduleOf(agreement) && agreement.nextChargeAt === null)) {
    throw new DomainError('ILLEGAL_TRANSITION', `period: there is no period ${number}; ${number - 1} was the last one`);
  }
  const amount = amountWanted(file, wanted.amount, planned);
  if (agreement.type === 'INSTALLMENT' && amount !== planned) {
    const message = `part ${number} of the plan is ${money(agreement, planned)}; leave the amount out, or use payOffAgreement`;
    throw invalidInput([{ path: ['amount'], message }]);
  }
  return newCharge(file, { kind: 'SCHEDULED', number, amount, plannedAt: agreement.nextChargeAt ?? now }, now);
}

/** What was frozen when a charge was claimed is what every attempt at it takes. */
function sameAmount(file: AgreementFile, charge: ChargeRow, wanted: ChargeWanted): ChargeRow {
  const faults = new Faults(file.agreement.currency);
  const given = faults.amount(['amount'], wanted.amount);
  faults.throwIfAny();
  if (!given || given.minor === charge.amount) return charge;
  throw invalidInput([
    {
      path: ['amount'],
      message: `this charge was made for ${money(file.agreement, charge.amount)}; leave the amount out to try it again`,
    },
  ]);
}

/** A click too many must not charge a payer twice on one day; whoever means it says so. */
function assertNotToday(file: AgreementFile, now: Date): void {
  const { agreement } = file;
  if (!scheduleOf(agreement)) return;
  const today = localDateAt(now, agreement.timeZone);
  if (lastPaymentOn(file) !== today) return;
  throw new DomainError(
    'AGREEMENT_LIMIT_EXCEEDED',
    `the agreement was charged today, ${today}, already, and no period is due; give outsideSchedule: true to charge it once more`,
  );
}

function amountWanted({ agreement }: AgreementFile, text: string | null, planned: bigint | null): bigint {
  const faults = new Faults(agreement.currency);
  const given = faults.amount(['amount'], text);
  const usual = chargeAmountOf(agreement);
  const amount = given?.minor ?? planned ?? (usual?.mode === 'FIXED' ? usual.amount : null);
  if (amount === null && faults.issues.length === 0)
    faults.add(['amount'], 'is needed: the agreement has no amount of its own');
  if (amount !== null && amount <= 0n) faults.add(['amount'], `must be more than 0, not ${money(agreement, amount)}`);
  if (given && usual?.mode === 'RANGE' && (given.minor < usual.from || given.minor > usual.to)) {
    faults.add(
      ['amount'],
      `must be from ${money(agreement, usual.from)} to ${money(agreement, usual.to)}, not ${given}`,
    );
  }
  faults.throwIfAny();
  return amount ?? 0n;
}
