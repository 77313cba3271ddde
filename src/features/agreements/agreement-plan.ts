import type { Currency } from '../../kernel/currency.js';
import { type InputIssue, invalidInput } from '../../kernel/errors.js';
import { type Money, parseDecimal } from '../../kernel/money.js';
import type { GivenTerms } from '../orders/index.js';
import type { SchedulePeriod } from './domain/schedule.js';

/** Exactly one of its fields; decimals as texts, because their currency stands elsewhere. */
export interface GivenChargeAmount {
  readonly fixed: string | null;
  readonly range: { readonly from: string; readonly to: string } | null;
  readonly sequence: readonly string[] | null;
}

export interface GivenSchedule {
  readonly period: SchedulePeriod;
  readonly interval: number;
  readonly startDate: string;
  readonly finishDate: string | null;
  /** Null takes the merchant's. */
  readonly timeZone: string | null;
  readonly localTime: string | null;
}

export interface GivenTopUp {
  readonly threshold: string;
  readonly amount: string;
}

export interface GivenInstallments {
  readonly total: string;
  readonly parts: number;
  readonly firstPartNow: boolean;
}

/** How far an agreement has come elsewhere. */
export interface Begun {
  /** Merchant-initiated payments that were made. */
  readonly paymentsMade: number;
  /** The day of the last of them; null: not known. */
  readonly lastPaymentDate: string | null;
}

/** What an agreement is to be, checked for form by the edge. */
export interface AgreementPlan {
  /** Where the terms stand in the input, for faults of them to be told by; absent: in `terms`. */
  readonly termsPath?: string;
  /** Its id, where something is named by it before it is made; absent: one is made. */
  readonly id?: string;
  /** It began elsewhere, so it may have started before today; absent: it begins here. */
  readonly begun?: Begun;
  /** What else can be wrong with the input, to be told with all the rest. */
  readonly alsoWrong?: (faults: Faults, today: string) => void;
  readonly given: GivenTerms;
  readonly currency: Currency;
  readonly chargeAmount: GivenChargeAmount | null;
  readonly schedule: GivenSchedule | null;
  readonly installments: GivenInstallments | null;
  readonly topUp: GivenTopUp | null;
}

/** What one charge may come to; null where nothing was agreed. */
export interface Limits {
  readonly currency: Currency;
  readonly minimum: bigint | null;
  readonly maximum: bigint | null;
}

/** The first failure ends the reading of one field, never of the others. */
export class Faults {
  readonly issues: InputIssue[] = [];

  constructor(private readonly currency: Currency) {}

  amount(path: readonly string[], text: string | null): Money | null {
    if (text === null) return null;
    const money = parseDecimal(text, this.currency);
    if (typeof money !== 'string') return money;
    this.add(path, money);
    return null;
  }

  add(path: readonly string[], message: string): void {
    this.issues.push({ path, message });
  }

  addAll(prefix: readonly string[], issues: readonly InputIssue[]): void {
    for (const { path, message } of issues) this.add([...prefix, ...path], message);
  }

  throwIfAny(): void {
    if (this.issues.length > 0) throw invalidInput(this.issues);
  }
}
