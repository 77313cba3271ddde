/** The countries of the Single Euro Payments Area whose accounts are debited, and the length of their IBANs. */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AT: 20,
  BE: 16,
  BG: 22,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GI: 23,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  VA: 22,
};
/** Where the codes of bank and branch stand after country and check digits; elsewhere the bank has the first four. */
const CODES: Readonly<Record<string, readonly [bank: number, branch: number]>> = {
  AT: [5, 0],
  BE: [3, 0],
  CH: [5, 0],
  DE: [8, 0],
  ES: [4, 4],
  FI: [3, 0],
  FR: [5, 5],
  GB: [4, 6],
  IE: [4, 6],
  IT: [6, 5],
  LU: [3, 0],
  NL: [4, 0],
  PT: [4, 4],
};

export interface Iban {
  number: string;
  country: string;
  bankCode: string;
  branchCode: string;
  last4: string;
}

/** The remainder by 97 of the number that the rearranged IBAN spells, letters counting from 10. */
function remainder(iban: string): number {
  let rest = 0;
  for (const letter of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** The parts of an IBAN, which may be written with spaces; null if it is none. */
export function readIban(text: string): Iban | null {
  const number = text.replaceAll(/\s/g, '').toUpperCase();
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(number)) return null;
  const country = number.slice(0, 2);
  if (number.length !== LENGTHS[country] || remainder(number) !== 1) return null;
  const [bank, branch] = CODES[country] ?? [4, 0];
  return {
    number,
    country,
    bankCode: number.slice(4, 4 + bank),
    branchCode: number.slice(4 + bank, 4 + bank + branch),
    last4: number.slice(-4),
  };
}
