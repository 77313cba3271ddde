/** What the bank of a test account does with a debit. */
export interface TestAccount {
  delayMs: number;
  failureCode: string | null;
  /** The debit is given back as soon as it was paid. */
  isDisputed: boolean;
}

const PROMPTLY_MS = 500;
const DELAYED_MS = 180_000;

const pays = { delayMs: PROMPTLY_MS, failureCode: null, isDisputed: false };
const fails = (failureCode: string) => ({ ...pays, failureCode });
const FAILED = 'payment_intent_payment_attempt_failed';

/** By the word in their tokens, in the order of the account numbers below. */
const BEHAVIOURS: readonly (readonly [word: string, account: TestAccount])[] = [
  ['success', pays],
  ['successDelayed', { ...pays, delayMs: DELAYED_MS }],
  ['failed', fails(FAILED)],
  ['failedDelayed', { ...fails(FAILED), delayMs: DELAYED_MS }],
  ['disputed', { ...pays, isDisputed: true }],
  ['exceedsWeeklyVolumeLimit', fails('charge_exceeds_source_limit')],
  ['exceedsWeeklyTransactionLimit', fails('charge_exceeds_weekly_limit')],
  ['insufficientFunds', fails('insufficient_funds')],
];

/** Stripe's documented test accounts. Dutch ones without funds share a number with another there, so there are none. */
const NUMBERS: Readonly<Record<string, string>> = {
  at: 'AT611904300234573201 AT321904300235473204 AT861904300235473202 AT051904300235473205 AT591904300235473203 AT981904300000343434 AT601904300000121212 AT981904300002222227',
  be: 'BE62510007547061 BE78510007547064 BE68539007547034 BE51510007547065 BE08510007547063 BE90510000343434 BE52510000121212 BE90510002222227',
  de: 'DE89370400440532013000 DE08370400440532013003 DE62370400440532013001 DE78370400440532013004 DE35370400440532013002 DE65370400440000343434 DE27370400440000121212 DE65370400440002222227',
  es: 'ES0700120345030000067890 ES2300120345030000067893 ES9121000418450200051332 ES9300120345030000067894 ES5000120345030000067892 ES1700120345000000343434 ES7600120345000000121212 ES1700120345000002222227',
  fi: 'FI2112345600000785 FI3712345600000788 FI9112345600000786 FI1012345600000789 FI6412345600000787 FI6712345600343434 FI2912345600121212 FI6712345602222227',
  fr: 'FR1420041010050500013M02606 FR3020041010050500013M02609 FR8420041010050500013M02607 FR7920041010050500013M02600 FR5720041010050500013M02608 FR9720041010050000000343434 FR5920041010050000000121212 FR9720041010050000002222227',
  ie: 'IE29AIBK93115212345678 IE24AIBK93115212345671 IE02AIBK93115212345679 IE94AIBK93115212345672 IE51AIBK93115212345670 IE10AIBK93115200343434 IE69AIBK93115200121212 IE10AIBK93115202222227',
  lu: 'LU280019400644750000 LU440019400644750003 LU980019400644750001 LU170019400644750004 LU710019400644750002 LU900010000000343434 LU520010000000121212 LU900010000002222227',
  nl: 'NL39RABO0300065264 NL55RABO0300065267 NL91ABNA0417164300 NL28RABO0300065268 NL82RABO0300065266 NL27RABO0000343434 NL86RABO0000121212',
  pt: 'PT50000201231234567890154 PT66000201231234567890157 PT23000201231234567890155 PT39000201231234567890158 PT93000201231234567890156 PT05000201230000000343434 PT64000201230000000121212 PT05000201230000002222227',
};

/** Accounts that cannot be debited at all: their bank, or they themselves, take no direct debits. */
export const UNSUPPORTED: ReadonlySet<string> = new Set(['DE91370400440000055555', 'DE18370400440000066666']);

const BY_NUMBER = new Map<string, TestAccount>();
const BY_TOKEN = new Map<string, string>();
for (const [country, numbers] of Object.entries(NUMBERS)) {
  for (const [place, number] of numbers.split(' ').entries()) {
    const [word, account] = BEHAVIOURS[place] ?? ['success', pays];
    BY_NUMBER.set(number, account);
    BY_TOKEN.set(`pm_${word}_${country}`, number);
  }
}

/** The account number behind a token such as `pm_success_de`, or as it was called before, `pm_sepaDebit_success_de`. */
export function numberOfToken(token: string): string | undefined {
  return BY_TOKEN.get(token.replace(/^pm_sepaDebit_/, 'pm_'));
}

export function testAccountOf(number: string): TestAccount | undefined {
  return BY_NUMBER.get(number);
}
