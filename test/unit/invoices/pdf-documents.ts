import type { InvoiceDocument } from '../../../src/features/invoices/pdf/invoice-document.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { Money } from '../../../src/kernel/money.js';

export const mdl = (minor: bigint) => Money.of(minor, 'MDL' as Currency);

/** An invoice of three items and two rates, of which a part is paid by credit. */
export const INVOICE: InvoiceDocument = {
  kind: 'INVOICE',
  number: '2026-000117',
  title: 'Internet și televiziune, noiembrie 2026',
  merchantName: 'Rețele și Soluții SRL',
  operatorName: 'Codru Telecom',
  payer: { name: 'Ștefan Țurcanu', reference: 'CL-117', email: 'stefan@example.md' },
  issuedOn: '2026-12-02',
  dueOn: '2026-12-16',
  month: '2026-11',
  currency: 'MDL' as Currency,
  items: [
    {
      description: 'Fibre connection',
      date: '2026-11-05',
      quantity: '1',
      unitPrice: '1234.5',
      taxRate: '20',
      net: mdl(123_450n),
      tax: mdl(24_690n),
    },
    {
      description: 'Messages sent',
      date: null,
      quantity: '2500.5',
      unitPrice: '0.00125',
      taxRate: '8.875',
      net: mdl(313n),
      tax: mdl(28n),
    },
    {
      description: 'Deposit given back',
      date: null,
      quantity: '1',
      unitPrice: '-50',
      taxRate: null,
      net: mdl(-5_000n),
      tax: mdl(0n),
    },
  ],
  taxLines: [
    { rate: '20', net: mdl(123_450n), tax: mdl(24_690n) },
    { rate: '8.875', net: mdl(313n), tax: mdl(28n) },
  ],
  subtotal: mdl(118_763n),
  tax: mdl(24_718n),
  total: mdl(143_481n),
  creditApplied: mdl(3_481n),
  credited: mdl(0n),
  paid: mdl(0n),
  amountDue: mdl(140_000n),
  status: 'OPEN',
  paymentLink: 'https://pay.example.md/i/inv_01jd2q8m3n',
  language: 'en',
  credits: null,
};

/** As many items as wanted, every one to be told from the others. */
export function itemsOf(count: number): InvoiceDocument['items'] {
  return Array.from({ length: count }, (_, index) => ({
    description: `Line <${index + 1}> of what was delivered${index % 7 === 0 ? ', with an address and more '.repeat(4) : ''}`,
    date: index % 2 === 0 ? '2026-11-05' : null,
    quantity: String(index + 1),
    unitPrice: '10',
    taxRate: '20',
    net: mdl(BigInt(index + 1) * 1_000n),
    tax: mdl(BigInt(index + 1) * 200n),
  }));
}
