import { Table } from '../../platform/database/table.js';
import type { CreditNoteLineRow, CreditNoteRow } from './invoice-rows.js';

export const CREDIT_NOTES = new Table<CreditNoteRow>('credit_notes', {
  id: null,
  invoiceId: { fixed: true },
  merchantId: { fixed: true },
  mode: { fixed: true },
  number: { fixed: true },
  currency: { fixed: true },
  net: { column: 'net_minor', fixed: true },
  tax: { column: 'tax_minor', fixed: true },
  total: { column: 'total_minor', fixed: true },
  reason: { fixed: true },
  settlement: { fixed: true },
  status: null,
  operationId: { fixed: true },
  issuedOn: { as: 'text', fixed: true },
  createdAt: { fixed: true },
  finishedAt: null,
});

export const CREDIT_LINES = new Table<CreditNoteLineRow>('credit_note_lines', {
  id: null,
  creditNoteId: { fixed: true },
  itemId: { fixed: true },
  net: { column: 'net_minor', fixed: true },
  tax: { column: 'tax_minor', fixed: true },
});
