import type { AgreementFile, ChargeRow } from './agreement-rows.js';
import { chargingSchedule, isEnded, numberingOf } from './agreement-rows.js';
import { indexOf } from './domain/numbering.js';
import { occurrence } from './domain/schedule.js';
import { chargeAmountOf } from './plan.js';

export const INSTALLMENT_STATUSES = ['PLANNED', 'OPEN', 'PAID', 'PAID_OFF', 'FAILED', 'CANCELED'] as const;
export type InstallmentStatus = (typeof INSTALLMENT_STATUSES)[number];

/** A part of an instalment plan, whether it has been charged already or not. */
export interface InstallmentPart {
  /** From 1. */
  readonly number: number;
  /** In minor units. */
  readonly amount: bigint;
  /** Null for a part that is paid in person and was not yet. */
  readonly dueAt: Date | null;
  readonly status: InstallmentStatus;
  readonly paidAt: Date | null;
  /** The last attempt at it. */
  readonly orderId: string | null;
}

/** All parts of the plan in their order; null for an agreement that is none. The file has all charges of a plan. */
export function installmentsOf(file: AgreementFile): readonly InstallmentPart[] | null {
  const amounts = chargeAmountOf(file.agreement);
  if (file.agreement.type !== 'INSTALLMENT' || amounts?.mode !== 'SEQUENCE') return null;
  const charged = new Map(file.charges.map((charge) => [charge.number, charge]));
  return amounts.amounts.map((amount, index) => {
    const number = index + 1;
    const charge = charged.get(number);
    return charge ? chargedPart(file, number, charge) : plannedPart(file, number, amount);
  });
}

function chargedPart(file: AgreementFile, number: number, charge: ChargeRow): InstallmentPart {
  const isPaidOff = charge.status === 'FAILED' && charge.gaveUpBecause === 'PAID_OFF' && payOffOf(file) !== null;
  return {
    number,
    amount: charge.amount,
    dueAt: charge.plannedAt,
    status: isPaidOff ? 'PAID_OFF' : charge.status,
    paidAt: isPaidOff ? (payOffOf(file)?.finishedAt ?? null) : charge.status === 'PAID' ? charge.finishedAt : null,
    orderId: charge.lastOrderId,
  };
}

function plannedPart(file: AgreementFile, number: number, amount: bigint): InstallmentPart {
  const payOff = payOffOf(file);
  const status = payOff ? 'PAID_OFF' : isEnded(file.agreement) ? 'CANCELED' : 'PLANNED';
  const dueAt = plannedAt(file, number);
  return { number, amount, dueAt, status, paidAt: payOff?.finishedAt ?? null, orderId: payOff?.lastOrderId ?? null };
}

/** Numbers before the base are of an earlier schedule, or paid in person. */
function plannedAt({ agreement }: AgreementFile, number: number): Date | null {
  const schedule = chargingSchedule(agreement);
  if (!schedule || number < agreement.baseNumber) return null;
  return occurrence(schedule, indexOf(numberingOf(agreement), number))?.at ?? null;
}

function payOffOf({ charges }: AgreementFile): ChargeRow | null {
  return charges.find(({ kind, status }) => kind === 'PAY_OFF' && status === 'PAID') ?? null;
}

/** What a plan comes to, in minor units. */
export interface InstallmentTotals {
  readonly total: bigint;
  readonly paid: bigint;
  readonly due: bigint;
  readonly partsPaid: number;
  readonly partsDue: number;
}

/** What was given up is owed all the same; what a plan that ended never came to is not. */
export function totalsOf(parts: readonly InstallmentPart[]): InstallmentTotals {
  const isPaid = ({ status }: InstallmentPart) => status === 'PAID' || status === 'PAID_OFF';
  const paid = parts.filter(isPaid);
  const due = parts.filter((part) => !isPaid(part) && part.status !== 'CANCELED');
  const sum = (some: readonly InstallmentPart[]) => some.reduce((total, { amount }) => total + amount, 0n);
  return { total: sum(parts), paid: sum(paid), due: sum(due), partsPaid: paid.length, partsDue: due.length };
}
