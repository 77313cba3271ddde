import {
  type AgreementType,
  AMOUNT_VARIABILITIES,
  type AmountVariability,
  type PaymentFrequency,
} from '../../../kernel/agreement-type.js';
import type { InputIssue } from '../../../kernel/errors.js';

/** Who sold the goods, where an instalment plan is not the seller's own. */
export interface Retailer {
  readonly abbreviatedTradingName: string | null;
  readonly merchantCategoryCode: string | null;
  readonly tradingName: string | null;
}

/** What the payer consented to. Null where nothing was agreed. */
export interface AgreementTerms {
  /** The merchant's own id for the agreement; made by us where absent. */
  readonly reference: string | null;
  readonly amountVariability: AmountVariability | null;
  readonly startDate: string | null;
  /** The last day on which the payer may be charged. */
  readonly expiryDate: string | null;
  /** Of one payment, in minor units. */
  readonly minimumAmount: bigint | null;
  readonly maximumAmount: bigint | null;
  readonly minimumDaysBetweenPayments: number | null;
  /** Counts merchant-initiated payments only: the payer's first one is not among them. */
  readonly numberOfPayments: number | null;
  readonly frequency: PaymentFrequency | null;
  readonly retailer: Retailer | null;
}

type Fault = InputIssue | null;

const DAYS_MAX = 9999;
const PAYMENTS_MAX = 999;
const REFERENCE_LENGTH_MAX = 100;
const ABBREVIATED_NAME_LENGTH_MAX = 10;
const TRADING_NAME_LENGTH_MAX = 100;

/** Everything that is wrong with an agreement's terms on the day it is made, `today` in its own zone. */
export function termsFaults(type: AgreementType, terms: AgreementTerms, today: string): readonly InputIssue[] {
  const { reference, minimumDaysBetweenPayments, numberOfPayments } = terms;
  const faults: readonly Fault[] = [
    textFault(['reference'], reference, REFERENCE_LENGTH_MAX),
    variabilityFault(type, terms),
    ...dateFaults(terms, today),
    ...amountFaults(terms),
    countFault(['minimumDaysBetweenPayments'], minimumDaysBetweenPayments, DAYS_MAX),
    countFault(['numberOfPayments'], numberOfPayments, PAYMENTS_MAX),
    ...retailerFaults(type, terms.retailer),
  ];
  return faults.filter((each) => each !== null);
}

function variabilityFault(type: AgreementType, { amountVariability }: AgreementTerms): Fault {
  if (type !== 'RECURRING' || amountVariability !== null) return null;
  return fault(['amountVariability'], `is needed for a RECURRING agreement: ${AMOUNT_VARIABILITIES.join(' or ')}`);
}

function dateFaults({ startDate, expiryDate }: AgreementTerms, today: string): readonly Fault[] {
  return [
    startDate !== null && startDate < today
      ? fault(['startDate'], `must not be in the past: ${startDate} is before today, ${today}`)
      : null,
    expiryDate !== null && expiryDate <= today
      ? fault(['expiryDate'], `must be after today, ${today}, not ${expiryDate}`)
      : null,
    expiryDate !== null && startDate !== null && expiryDate <= startDate
      ? fault(['expiryDate'], `must be after startDate, ${startDate}, not ${expiryDate}`)
      : null,
  ];
}

/** In minor units: how an amount is written belongs to its currency, and terms name none. */
function amountFaults({ minimumAmount, maximumAmount }: AgreementTerms): readonly Fault[] {
  return [
    positiveFault(['minimumAmount'], minimumAmount),
    positiveFault(['maximumAmount'], maximumAmount),
    minimumAmount !== null && maximumAmount !== null && minimumAmount > maximumAmount
      ? fault(
          ['minimumAmount'],
          `must not be more than maximumAmount, ${maximumAmount} minor units, but is ${minimumAmount}`,
        )
      : null,
  ];
}

function retailerFaults(type: AgreementType, retailer: Retailer | null): readonly Fault[] {
  if (retailer === null) return [];
  if (type !== 'INSTALLMENT') return [fault(['retailer'], `is for INSTALLMENT agreements only, not for ${type}`)];
  const { abbreviatedTradingName, merchantCategoryCode, tradingName } = retailer;
  return [
    textFault(['retailer', 'abbreviatedTradingName'], abbreviatedTradingName, ABBREVIATED_NAME_LENGTH_MAX),
    merchantCategoryCode !== null && !/^\d{4}$/.test(merchantCategoryCode)
      ? fault(['retailer', 'merchantCategoryCode'], `must have 4 digits, not "${shown(merchantCategoryCode)}"`)
      : null,
    textFault(['retailer', 'tradingName'], tradingName, TRADING_NAME_LENGTH_MAX),
  ];
}

function textFault(path: readonly string[], text: string | null, lengthMax: number): Fault {
  if (text === null) return null;
  const length = [...text].length;
  if (length >= 1 && length <= lengthMax) return null;
  return fault(path, `must have 1 to ${lengthMax} characters, not ${length}`);
}

function countFault(path: readonly string[], count: number | null, most: number): Fault {
  if (count === null || (Number.isInteger(count) && count >= 1 && count <= most)) return null;
  return fault(path, `must be a whole number from 1 to ${most}, not ${count}`);
}

function positiveFault(path: readonly string[], amount: bigint | null): Fault {
  return amount === null || amount > 0n ? null : fault(path, `must be more than 0, not ${amount}`);
}

/** The field's name is in the path, and `invalidInput` writes it before the message. */
function fault(path: readonly string[], message: string): InputIssue {
  return { path, message };
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
