import { isCurrency } from '../../kernel/currency.js';
import { type InputIssue, invalidInput } from '../../kernel/errors.js';
import type { InvoiceFilterValues } from './list-invoices.js';

const MONTH = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])$/;

/** `InvoiceFilter`, checked, with its month by its first day. */
export function invoiceFilterOf(filter: InvoiceFilterValues): InvoiceFilterValues {
  const { month, currency } = filter;
  const issues: InputIssue[] = [];
  if (month != null && !MONTH.test(month)) {
    issues.push({ path: ['filter', 'month'], message: 'must be a month such as "2026-10"' });
  }
  if (currency != null && !isCurrency(currency)) {
    issues.push({ path: ['filter', 'currency'], message: `"${currency}" is not an ISO 4217 currency code` });
  }
  if (issues.length > 0) throw invalidInput(issues);
  return month == null ? filter : { ...filter, month: `${month}-01` };
}
