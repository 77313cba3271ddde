import type { AgreementType, AmountVariability, PaymentFrequency } from '../../kernel/agreement-type.js';
import type { Currency } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import type { AgreementStatus, ChargeStatus } from './domain/agreement-status.js';
import type { Retailer } from './domain/agreement-terms.js';
import type { Numbering } from './domain/numbering.js';
import type { Schedule, SchedulePeriod } from './domain/schedule.js';
import type { ChangeKind, ChargeKind, ChargeMode, GiveUpCause, SuspensionCause } from './domain/words.js';

/** An agreement as `agreements-sql.ts` reads it: the columns of the table under their names in the code. */
export type AgreementRow = {
  id: string;
  merchantId: string;
  mode: 'TEST' | 'LIVE';
  accountId: string;
  payerId: string;
  credentialId: string | null;
  reference: string;
  type: AgreementType;
  status: AgreementStatus;
  suspendedBecause: SuspensionCause | null;
  currency: Currency;
  amountVariability: AmountVariability | null;
  startDate: string | null;
  expiryDate: string | null;
  minimum: bigint | null;
  maximum: bigint | null;
  minimumDays: number | null;
  numberOfPayments: number | null;
  frequency: PaymentFrequency | null;
  retailer: Retailer | null;
  metadata: Record<string, unknown>;
  chargeMode: ChargeMode | null;
  chargeAmounts: string[];
  period: SchedulePeriod | null;
  intervalCount: number | null;
  scheduleStart: string | null;
  finishDate: string | null;
  timeZone: string;
  localTime: string | null;
  baseNumber: number;
  baseIndex: number;
  nextNumber: number;
  nextChargeAt: Date | null;
  topUpThreshold: bigint | null;
  topUpAmount: bigint | null;
  isBelow: boolean;
  paymentsMade: number;
  lastPaymentOn: string | null;
  firstCitAt: Date | null;
  firstCitReference: string | null;
  pendingUntil: Date | null;
  noticedNumber: number | null;
  expiryNoticedNumber: number | null;
  dueAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

export type ChargeRow = {
  id: string;
  agreementId: string;
  number: number | null;
  kind: ChargeKind;
  amount: bigint;
  plannedAt: Date;
  status: ChargeStatus;
  attempts: number;
  declines: number;
  technicalFailures: number;
  firstFailedAt: Date | null;
  lastAttemptAt: Date | null;
  retryAt: Date | null;
  liveOrderId: string | null;
  lastOrderId: string | null;
  declineCode: string | null;
  gaveUpBecause: GiveUpCause | null;
  giveUpAs: GiveUpCause | null;
  createdAt: Date;
  finishedAt: Date | null;
};

export type ChangeRow = {
  id: string;
  agreementId: string;
  kind: ChangeKind;
  apiKeyId: string | null;
  note: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  createdAt: Date;
};

/**
 * An agreement with its open charges, its last one and what failed since that, and for an instalment plan with all of
 * them; loaded under its lock to be changed.
 */
export interface AgreementFile {
  readonly agreement: AgreementRow;
  readonly charges: ChargeRow[];
  /** The billing run has nothing to do with it before: what it waits for is being settled elsewhere. */
  notBefore?: Date;
}

export function money(agreement: Pick<AgreementRow, 'currency'>, minor: bigint): Money {
  return Money.of(minor, agreement.currency);
}

/** Null where charges come only when they are asked for. */
export function scheduleOf(row: AgreementRow): Schedule | null {
  const { period, intervalCount, scheduleStart, finishDate, timeZone, localTime } = row;
  if (period === null || intervalCount === null || scheduleStart === null || localTime === null) return null;
  return { period, interval: intervalCount, startDate: scheduleStart, finishDate, timeZone, localTime };
}

/** By which it is charged: the parts of an instalment plan are owed also when they were put off past its finish date. */
export function chargingSchedule(row: AgreementRow): Schedule | null {
  const schedule = scheduleOf(row);
  return schedule && row.type === 'INSTALLMENT' ? { ...schedule, finishDate: null } : schedule;
}

export function numberingOf({ baseNumber, baseIndex }: AgreementRow): Numbering {
  return { baseNumber, baseIndex };
}

/** Charges are made under it: consent was given, and neither ended nor suspended. */
export function isInForce({ status }: Pick<AgreementRow, 'status'>): boolean {
  return status === 'ACTIVE' || status === 'PAST_DUE';
}

/** A part of an instalment plan stays owed until it is paid, by itself or with all the rest. */
export function isOwed({ kind, status, gaveUpBecause }: Pick<ChargeRow, 'kind' | 'status' | 'gaveUpBecause'>): boolean {
  return kind !== 'PAY_OFF' && status !== 'PAID' && gaveUpBecause !== 'PAID_OFF';
}

export function isEnded({ status }: Pick<AgreementRow, 'status'>): boolean {
  return status === 'COMPLETED' || status === 'CANCELED' || status === 'EXPIRED';
}
