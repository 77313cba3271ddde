import type { PageState } from './page-state.js';

/** A heading, and what there is to say beneath it. */
export interface Said {
  readonly title: string;
  readonly text: string;
}

/** How a state of an order is told; `merchant` is the shop's name. */
export type StateText = (merchant: string) => Said;

export const REFUSALS = [
  'NOT_FOUND',
  'FORGED',
  'OUTDATED',
  'FAULTY',
  'NUMBER_TAKEN',
  'NOT_A_FORM',
  'TOO_LARGE',
  'METHOD',
  'TOO_MANY',
  'SUSPENDED',
  'FAILED',
] as const;

/** Why there is a page that shows no order. */
export type Refusal = (typeof REFUSALS)[number];

/** Of one unit of a schedule, for counts of each plural form that the language has. */
export type EveryUnit = Readonly<Record<'DAY' | 'WEEK' | 'MONTH' | 'YEAR', (interval: number) => string>>;

export interface ConsentTexts {
  readonly heading: string;
  /** Who may charge, and on what. */
  readonly permission: (merchant: string) => string;
  readonly installments: (merchant: string) => string;
  readonly fixedAmount: (amount: string) => string;
  readonly amountBetween: (from: string, to: string) => string;
  readonly amountAtMost: (amount: string) => string;
  readonly amountOpen: string;
  /** Where the merchant has a usual amount and may charge another one. */
  readonly usually: (amount: string) => string;
  readonly usuallyBetween: (from: string, to: string) => string;
  readonly mayVary: string;
  /** Whole days that lie between two charges at least. */
  readonly daysBetween: (days: number) => string;
  readonly total: (amount: string) => string;
  readonly every: EveryUnit;
  readonly whenNeeded: (merchant: string) => string;
  readonly from: (day: string) => string;
  readonly until: (day: string) => string;
  readonly payments: (count: number) => string;
  readonly untilStopped: string;
  readonly howToStop: (merchant: string) => string;
  readonly accept: string;
  readonly needed: string;
  /** What was ticked is not what is agreed to now. */
  readonly changed: string;
}

/** Everything that the pages say, in one language. Functions where a name, an amount or a count stands in a sentence. */
export interface Texts {
  readonly payTo: (merchant: string) => string;
  readonly pageTitle: (merchant: string) => string;
  readonly amount: string;
  /** What was taken of it. */
  readonly charged: string;
  /** What of that went back to the payer. */
  readonly givenBack: string;
  readonly orderNumber: string;
  readonly billNumber: string;
  readonly description: string;
  readonly payBy: string;
  readonly details: string;
  readonly chooseSystem: string;
  readonly chooseAgain: string;
  readonly numbered: (name: string, number: number) => string;
  readonly pay: (amount: string) => string;
  readonly check: string;
  readonly agreeAndPay: (amount: string) => string;
  readonly agreeAndCheck: string;
  readonly continuePaying: string;
  readonly authenticate: string;
  readonly authenticateHint: string;
  readonly leadsTo: (system: string) => string;
  readonly heldFirst: (merchant: string) => string;
  readonly cardIsKept: (merchant: string) => string;
  readonly nothingPaid: string;
  /** The page is open for another card; with which somebody may have paid since. */
  readonly lastDeclined: Said;
  readonly cancel: string;
  readonly cancelTitle: string;
  readonly cancelText: (merchant: string) => string;
  readonly cancelYes: string;
  readonly cancelNo: string;
  readonly backToShop: (merchant: string) => string;
  readonly closePage: string;
  readonly tryAgain: string;
  readonly testMode: string;
  readonly language: string;
  readonly unavailable: Said;
  /** The payment system refuses the order, and would again. */
  readonly notAccepted: Said;
  readonly notPayable: Said;
  readonly unpayable: Said;
  readonly openedTooOften: Said;
  readonly waiting: string;
  readonly states: Readonly<Record<Exclude<PageState, 'PAYABLE'>, StateText>>;
  readonly refusals: Readonly<Record<Refusal, Said>>;
  readonly forTheShop: string;
  readonly consent: ConsentTexts;
}
