/** An ISO 4217 code, upper case. Only `isCurrency` makes one from a text. */
export type Currency = string & { readonly __currency: true };

/**
 * ISO 4217 codes in use, by their number of fraction digits. Kept as data
 * because `Intl` follows CLDR, which shows some currencies (UGX, ISK) with
 * other digits than the standard; funds and metals codes (XAU, CHE) are left out.
 */
const CODES_BY_DIGITS: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC ' +
    'CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR ' +
    'JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO ' +
    'NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL ' +
    'THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
};

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) => codes.split(' ').map((code) => [code, Number(digits)])),
);

export const CURRENCIES: readonly Currency[] = [...DIGITS.keys()].sort() as Currency[];

export function isCurrency(text: string): text is Currency {
  return DIGITS.has(text);
}

/** How many fraction digits ISO 4217 gives the currency: 2 for USD, 0 for JPY, 3 for KWD. */
export function fractionDigits(currency: Currency): number {
  const digits = DIGITS.get(currency);
  if (digits === undefined) throw new RangeError(`unknown currency ${currency}`);
  return digits;
}
