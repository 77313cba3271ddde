import { publicId } from '../../kernel/ids.js';
import { type AgreementRow, money } from './agreement-rows.js';

/** How the API calls what the history keeps under the names of the rows. */
const NAMES: Readonly<Record<string, string>> = {
  minimum: 'minimumAmount',
  maximum: 'maximumAmount',
  minimumDays: 'minimumDaysBetweenPayments',
  intervalCount: 'interval',
  scheduleStart: 'startDate',
  credentialId: 'storedCredentialId',
};

const AMOUNTS = new Set(['minimum', 'maximum', 'topUpThreshold', 'topUpAmount']);

/** A half of an entry of the history as clients may read it: our names, decimal amounts and public ids. */
export function toldChange(
  agreement: Pick<AgreementRow, 'currency'>,
  kept: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const told = Object.entries(kept).map(([field, value]) => [
    NAMES[field] ?? field,
    toldValue(agreement, field, value),
  ]);
  return Object.fromEntries(told) as Record<string, unknown>;
}

/** Minor units are kept as texts of digits: JSON has no whole numbers of their size. */
function toldValue(agreement: Pick<AgreementRow, 'currency'>, field: string, value: unknown): unknown {
  const decimal = (minor: unknown) => money(agreement, BigInt(String(minor))).toDecimal();
  if (value === null) return null;
  if (AMOUNTS.has(field)) return decimal(value);
  if (field === 'chargeAmounts' && Array.isArray(value)) return value.map(decimal);
  if (field === 'credentialId') return publicId('storedCredential', String(value));
  return value;
}
