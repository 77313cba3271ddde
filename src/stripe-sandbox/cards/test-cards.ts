import { DECLINES, type Decline } from './declines.js';

/** When a card asks its holder to authenticate. */
type Challenge =
  | 'never'
  /** On session always; off session only until the card has been set up. */
  | 'unless_set_up'
  /** On session always; off session never, as if set up elsewhere. */
  | 'on_session_only'
  | 'always'
  /** Only when the merchant asks for it. */
  | 'when_wanted';

export interface TestCard {
  number: string;
  tokens: readonly string[];
  brand: string;
  funding: 'credit' | 'debit' | 'prepaid';
  country: string;
  challenge: Challenge;
  /** How every charge of the card is refused. */
  decline: Decline | null;
  /** Whether a card that declines may still be saved: most may not. */
  savable: boolean;
  declinesIncrement: boolean;
  /** A card without multicapture, raising and the like. */
  isPlain: boolean;
  afterwards:
    | 'dispute_fraudulent'
    | 'dispute_not_received'
    | 'fraud_warning'
    | 'refund_pending'
    | 'refund_fails'
    | null;
  availableAtOnce: boolean;
}

type Quirks = Partial<Omit<TestCard, 'number' | 'tokens'>>;

function card(number: string, tokens: string, quirks: Quirks = {}): TestCard {
  return {
    number,
    tokens: tokens.split(' ').map((token) => `pm_card_${token}`),
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    challenge: 'never',
    decline: null,
    savable: quirks.decline === undefined || quirks.decline === null,
    declinesIncrement: false,
    isPlain: false,
    afterwards: null,
    availableAtOnce: false,
    ...quirks,
  };
}

/** Stripe's documented test cards, and one of our own at the end. */
const CARDS: readonly TestCard[] = [
  card('4242424242424242', 'visa us', { challenge: 'when_wanted' }),
  card('4000056655665556', 'visa_debit', { funding: 'debit' }),
  card('5555555555554444', 'mastercard', { brand: 'mastercard', challenge: 'when_wanted' }),
  card('5200828282828210', 'mastercard_debit', { brand: 'mastercard', funding: 'debit' }),
  card('5105105105105100', 'mastercard_prepaid', { brand: 'mastercard', funding: 'prepaid' }),
  card('378282246310005', 'amex', { brand: 'amex' }),
  card('6011111111111117', 'discover', { brand: 'discover' }),
  card('3056930009020004', 'diners', { brand: 'diners' }),
  card('3566002020360505', 'jcb', { brand: 'jcb', country: 'JP' }),
  card('6200000000000005', 'unionpay', { brand: 'unionpay', country: 'CN' }),
  card('4000002500001001', 'visa_cartesBancaires', { country: 'FR' }),
  card('4000008400000076', 'credit_disableEnterpriseCardFeatures', { isPlain: true }),
  card('4000002760000016', 'de', { country: 'DE' }),
  card('4000008260000000', 'gb', { country: 'GB' }),
  card('4000002500000003', 'fr', { country: 'FR' }),
  card('4000000000000002', 'visa_chargeDeclined chargeDeclined', { decline: DECLINES.generic }),
  card('4000000000009995', 'visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds', {
    decline: DECLINES.insufficientFunds,
  }),
  card('4000000000009987', 'visa_chargeDeclinedLostCard', { decline: DECLINES.lostCard }),
  card('4000000000009979', 'visa_chargeDeclinedStolenCard', { decline: DECLINES.stolenCard }),
  card('4000000000000069', 'chargeDeclinedExpiredCard', { decline: DECLINES.expiredCard }),
  card('4000000000000127', 'chargeDeclinedIncorrectCvc', { decline: DECLINES.incorrectCvc }),
  card('4000000000000119', 'chargeDeclinedProcessingError', { decline: DECLINES.processingError }),
  card('4000000000006975', 'visa_chargeDeclinedVelocityLimitExceeded', { decline: DECLINES.velocity }),
  card('4100000000000019', 'visa_chargeDeclinedFraudulent chargeDeclinedFraudulent radarBlock', {
    decline: DECLINES.fraudulent,
  }),
  card('4000000000000341', 'chargeCustomerFail', { decline: DECLINES.generic, savable: true }),
  card('4000002500003155', 'authenticationRequiredOnSetup', { challenge: 'unless_set_up', country: 'FR' }),
  card('4000002760003184', 'authenticationRequired', { challenge: 'always', country: 'DE' }),
  card('4000003800000446', 'authenticationRequiredSetupForOffSession', { challenge: 'on_session_only', country: 'HR' }),
  card('4000008260003178', 'authenticationRequiredChargeDeclinedInsufficientFunds', {
    challenge: 'on_session_only',
    decline: DECLINES.insufficientFunds,
    savable: true,
    country: 'GB',
  }),
  card('4000000000003220', 'threeDSecure2Required threeDSecureRequired', { challenge: 'always' }),
  card('4000000000003055', 'threeDSecureOptional', { challenge: 'when_wanted' }),
  card('4000008400001629', 'threeDSecureRequiredChargeDeclined', {
    challenge: 'on_session_only',
    decline: DECLINES.generic,
    savable: true,
  }),
  card('4000000000000259', 'createDispute', { afterwards: 'dispute_fraudulent' }),
  card('4000000000002685', 'createDisputeProductNotReceived', { afterwards: 'dispute_not_received' }),
  card('4000000000005423', 'createIssuerFraudRecord', { afterwards: 'fraud_warning' }),
  card('4000000000007726', 'pendingRefund', { afterwards: 'refund_pending' }),
  card('4000000000005126', 'refundFail', { afterwards: 'refund_fails' }),
  card('4000000000000077', 'bypassPending', { availableAtOnce: true }),
  card('4000000000000010', 'avsFail', {}),
  /** Not Stripe's: Stripe has no card whose increment is refused, and the refusal has to be tried. */
  card('4000000000001109', 'incrementDeclined', { declinesIncrement: true }),
];

const BY_NUMBER = new Map(CARDS.map((each) => [each.number, each]));
const BY_TOKEN = new Map(CARDS.flatMap((each) => each.tokens.map((token) => [token, each] as const)));

export function cardOfToken(token: string): TestCard | undefined {
  return BY_TOKEN.get(token);
}

export function cardOfNumber(number: string): TestCard | undefined {
  return BY_NUMBER.get(number);
}

/** The check digit of card numbers (Luhn). */
export function isPlausibleNumber(number: string): boolean {
  if (!/^\d{12,19}$/.test(number)) return false;
  let sum = 0;
  for (let index = 0; index < number.length; index += 1) {
    const digit = Number(number[number.length - 1 - index]);
    const weighed = index % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
