import type { InvoiceDocument } from '../../../src/features/invoices/pdf/invoice-document.js';
import { renderInvoice } from '../../../src/features/invoices/pdf/render-invoice.js';
import { type Currency, isCurrency } from '../../../src/kernel/currency.js';
import { MINOR_UNITS_MAX, Money } from '../../../src/kernel/money.js';
import { INVOICE, itemsOf, mdl } from './pdf-documents.js';
import { type ReadPdf, readPdf } from './pdf-reader.js';

const A4 = { width: 595.28, height: 841.89 };

async function printed(changes: Partial<InvoiceDocument> = {}): Promise<ReadPdf> {
  return readPdf(await renderInvoice({ ...INVOICE, ...changes }));
}

/** As one would search it: the spaces that hold numbers together are spaces. */
async function textOf(changes: Partial<InvoiceDocument> = {}): Promise<string> {
  return (await printed(changes)).texts.join(' ').replace(/\s+/g, ' ');
}

function outsideOf({ pages }: ReadPdf): readonly string[] {
  return pages
    .flat()
    .filter(
      ({ left, right, baseline }) => left < 49 || right > A4.width - 49 || baseline < 20 || baseline > A4.height - 40,
    )
    .map(({ text }) => text);
}

describe('an invoice as PDF', () => {
  it('says who bills whom for what, when, and what it comes to', async () => {
    const text = await textOf();
    const expected = [
      'Rețele și Soluții SRL',
      'Billed through Codru Telecom',
      'Invoice No. 2026-000117',
      'Ștefan Țurcanu',
      'CL-117',
      'stefan@example.md',
      'Issued 2 December 2026',
      'Due 16 December 2026',
      'Month November 2026',
      'Status To be paid',
      'Internet și televiziune, noiembrie 2026',
      'MDL 1,400.00 to be paid by 16 December 2026',
      'Pay online: https://pay.example.md/i/inv_01jd2q8m3n',
      'Amounts in MDL',
      'Fibre connection 1 1,234.50 20% 246.90 1,234.50 5 November 2026',
      'Messages sent 2,500.5 0.00125 8.875% 0.28 3.13',
      'Deposit given back 1 -50.00 – 0.00 -50.00',
      'Subtotal 1,187.63',
      'Tax 20% on 1,234.50 246.90',
      'Tax 8.875% on 3.13 0.28',
      'Tax 247.18',
      'Total MDL 1,434.81',
      'Credit applied -34.81',
      'Amount due MDL 1,400.00',
      '1 / 1',
    ];
    expect(expected.filter((each) => !text.includes(each))).toEqual([]);
  });

  it('leads to the page where it is paid, and nowhere else', async () => {
    expect((await printed()).links).toEqual(['https://pay.example.md/i/inv_01jd2q8m3n']);
    expect((await printed({ paymentLink: 'javascript:alert(1)' })).links).toEqual([]);
    expect((await printed({ paymentLink: 'not an address' })).links).toEqual([]);
  });

  it('is written in Romanian, by its habits', async () => {
    const text = await textOf({ language: 'ro', status: 'PAST_DUE' });
    const expected = [
      'Factură Nr. 2026-000117',
      'Plătitor',
      'Scadența 16 decembrie 2026',
      'noiembrie 2026',
      'Restantă',
      'Preț unitar',
      '1.400,00 MDL de plătit până la 16 decembrie 2026 (restantă)',
      '1.234,50 20 % 246,90',
      'Rest de plată 1.400,00 MDL',
    ];
    expect(expected.filter((each) => !text.includes(each))).toEqual([]);
  });

  it('is written in Russian, by its habits', async () => {
    const text = await textOf({
      language: 'ru',
      merchantName: 'ООО «Решения»',
      payer: { ...INVOICE.payer, name: 'Пётр Щёголев' },
    });
    const expected = [
      'ООО «Решения»',
      'Пётр Щёголев',
      'Счёт № 2026-000117',
      'Срок оплаты 16 декабря 2026 г.',
      'Наименование',
      '1 400,00 MDL — оплатить не позднее 16 декабря 2026 г.',
      '1 234,50 20 % 246,90',
      'Всего 1 434,81 MDL',
    ];
    expect(expected.filter((each) => !text.includes(each))).toEqual([]);
  });

  it('is the same file each time, and says in it what it is', async () => {
    const [one, other] = await Promise.all([renderInvoice(INVOICE), renderInvoice(INVOICE)]);
    expect(one.equals(other)).toBe(true);
    expect((await readPdf(one)).info).toMatchObject({
      Title: 'Invoice No. 2026-000117',
      Author: 'Rețele și Soluții SRL',
      CreationDate: 'D:20261202000000Z',
      Language: 'en',
      IsXFAPresent: false,
    });
    expect(one.subarray(0, 8).toString()).toBe('%PDF-1.7');
  });

  it.each([
    ['JPY', '1000000000000000', 'JPY 1,000,000,000,000,000'],
    ['MDL', '1000000000000000', 'MDL 10,000,000,000,000.00'],
    ['KWD', '1000000000000000', 'KWD 1,000,000,000,000.000'],
  ])('shows the largest amount of %s to the last digit', async (code, minor, shown) => {
    if (!isCurrency(code)) throw new Error(`${code} is no currency`);
    const most = Money.of(BigInt(minor), code);
    expect(most.minor).toBe(MINOR_UNITS_MAX);
    const items = [{ ...itemOf(most), unitPrice: most.toDecimal() }];
    const read = await printed({
      currency: code,
      items,
      total: most,
      amountDue: most,
      creditApplied: Money.zero(code),
    });
    const text = read.texts.join(' ').replace(/\s+/g, ' ');
    expect(text).toContain(`Amount due ${shown}`);
    expect(text).toContain(` ${shown.slice(4)} `);
    expect(outsideOf(read)).toEqual([]);
  });
});

describe('the state of an invoice', () => {
  it('is told by a word behind every page of a draft', async () => {
    const draft = {
      kind: 'DRAFT',
      status: 'DRAFT',
      number: null,
      issuedOn: null,
      dueOn: null,
      paymentLink: null,
    } as const;
    const read = await printed({ ...draft, items: itemsOf(60) });
    expect(read.texts.length).toBeGreaterThan(1);
    for (const text of read.texts) expect(text).toContain('DRAFT');
    expect(read.texts[0]).toContain('it may still change, and is not to be paid');
    expect(read.info).toMatchObject({ Title: 'Draft invoice', CreationDate: 'D:20261101000000Z' });
  });

  it.each([
    ['VOID', { status: 'VOID' }, ['VOID', 'This invoice is void: it is not to be paid.'], ['to be paid by', 'PAID']],
    [
      'PAID',
      { status: 'PAID', paid: mdl(140_000n), amountDue: mdl(0n) },
      ['Paid in full', 'Paid -1,400.00', 'Amount due MDL 0.00'],
      ['VOID', 'to be paid by'],
    ],
    [
      'settled by a credit note alone',
      { status: 'PAID', creditApplied: mdl(0n), amountDue: mdl(0n) },
      ['There is nothing to pay.'],
      ['Paid in full', 'Thank you'],
    ],
    ['settled by credit', { amountDue: mdl(0n) }, ['There is nothing to pay.'], ['to be paid by']],
    ['without a day', { dueOn: null }, ['MDL 1,400.00 to be paid'], ['to be paid by']],
  ] as const)('is told: %s', async (_, changes, said, unsaid) => {
    const text = await textOf({ ...changes, paymentLink: null });
    expect(said.filter((each) => !text.includes(each))).toEqual([]);
    expect(unsaid.filter((each) => text.includes(each))).toEqual([]);
  });

  it('is not that of a credit note, which says what it takes back and why', async () => {
    const credits = { invoiceNumber: '2026-000117', reason: 'Three days without a connection.' };
    const text = await textOf({
      kind: 'CREDIT_NOTE',
      number: 'CN-3',
      status: null,
      dueOn: null,
      paymentLink: null,
      credits,
    });
    const expected = [
      'Credit note No. CN-3',
      'For invoice 2026-000117',
      'MDL 1,434.81 credited',
      'Reason: Three days without a connection.',
      'Total MDL 1,434.81',
    ];
    expect(expected.filter((each) => !text.includes(each))).toEqual([]);
    expect(text).not.toMatch(/Amount due|Status|Credit applied/);
  });
});

describe('an invoice of many items', () => {
  it('shows each of 120, under headings and numbers on every page, and its totals together', async () => {
    const read = await printed({ items: itemsOf(120) });
    const pages = read.texts.length;
    expect(pages).toBeGreaterThanOrEqual(4);
    const all = read.texts.join(' ');
    for (let line = 1; line <= 120; line += 1) {
      expect(all.split(`Line <${line}> of`)).toHaveLength(2);
      expect(all).toContain(`${line} 10.00 20% ${line * 2}.00 ${line === 100 ? '1,000' : ''}`.slice(0, -1));
    }
    read.texts.forEach((text, page) => {
      expect(text).toContain('Invoice No. 2026-000117 · Rețele și Soluții SRL');
      expect(text).toContain(`${page + 1} / ${pages}`);
      if (text.includes('Line <')) expect(text).toContain('Description Quantity');
    });
    expect(read.texts.at(-1)).toMatch(/Subtotal .* Total .* Amount due/);
    expect(outsideOf(read)).toEqual([]);
  });

  it('may have a thousand, and does not keep others waiting meanwhile', async () => {
    let turns = 0;
    const others = setInterval(() => {
      turns += 1;
    }, 0);
    const file = await renderInvoice({ ...INVOICE, items: itemsOf(1_000) });
    clearInterval(others);
    expect(turns).toBeGreaterThan(10);
    const { texts } = await readPdf(file);
    expect(texts.join(' ').match(/Line <\d+>/g)).toHaveLength(1_000);
    expect(texts.at(-1)).toContain(`${texts.length} / ${texts.length}`);
  });

  it('may have none', async () => {
    expect(await textOf({ items: [], taxLines: [] })).toContain('Nothing was billed. Subtotal');
  });

  it('may have more tax rates than a page has lines', async () => {
    const taxLines = Array.from({ length: 90 }, (_, index) => ({ rate: `${index}.5`, net: mdl(100n), tax: mdl(1n) }));
    const read = await printed({ taxLines });
    expect(read.texts.join(' ').match(/Tax \d+\.5%/g)).toHaveLength(90);
    expect(outsideOf(read)).toEqual([]);
  });
});

describe('a text that somebody has sent', () => {
  const HOSTILE = {
    'control characters': '\u0000a\u0007b\u001b[31mc\u007fd\u0085e\u2028f',
    'a turned direction': '\u202e001 \u2066\u2067x\u2069 \u200fy',
    'another script': 'שלום עולם مرحبا 中文 ประเทศ',
    emoji: '👨‍👩‍👧‍👦 🇲🇩 ❤️ 1️⃣',
    'lone surrogates': '\ud800x\udc00',
    'marks upon marks': `a${'\u0301'.repeat(500)}b`,
    'no space in 5,000 letters': 'W'.repeat(5_000),
    'spaces alone': ' \u00a0\t '.repeat(300),
    'unbreakable spaces': 'a\u00a0'.repeat(2_000),
    'syntax of PDF': ') Tj ET \\) (( endstream endobj %%EOF <</S /JavaScript>>',
    'no text': '',
  };

  it.each(Object.entries(HOSTILE))('of %s neither fails nor leaves the page', async (_, text) => {
    const read = await printed({
      number: text.slice(0, 400),
      title: text,
      merchantName: text,
      operatorName: text,
      payer: { name: text, reference: text, email: text },
      items: [
        {
          ...itemOf(mdl(7_700n)),
          description: text,
          quantity: text.slice(0, 400),
          unitPrice: text.slice(0, 400),
          taxRate: text.slice(0, 400),
        },
      ],
      taxLines: [{ rate: text.slice(0, 400), net: mdl(1n), tax: mdl(1n) }],
      paymentLink: `https://pay.example.md/${text.slice(0, 400)}`,
      credits: { invoiceNumber: text.slice(0, 400), reason: text },
    });
    expect(outsideOf(read)).toEqual([]);
    const all = read.texts.join(' ');
    expect(all).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(all).toContain('77.00');
    expect(all).toContain('Amount due');
  });

  it('shows that something is missing where the font has no letter', async () => {
    expect(await textOf({ merchantName: 'Café 中文 👍' })).toContain('Café \ufffd\ufffd \ufffd');
  });

  it('is printed in any language of Latin, Cyrillic or Greek letters', async () => {
    const names = 'Ğőżłŧ Ħōñġ Ñuñëz Ệ Ўзбек Қазақ Їжак Ђорђе Ёж Αθήνα ₸₴₽€';
    expect(await textOf({ merchantName: names })).toContain(names.slice(0, 30));
    expect(await textOf({ items: [{ ...itemOf(mdl(1n)), description: names }] })).not.toContain('\ufffd');
  });

  it('of 5,000 letters goes on over pages, and none of it is lost', async () => {
    const read = await printed({ items: [{ ...itemOf(mdl(1n)), description: 'W'.repeat(5_000) }] });
    expect(read.pages.length).toBeGreaterThan(2);
    expect(read.texts.join('').match(/W/g)).toHaveLength(5_000);
  });
});

function itemOf(net: Money): InvoiceDocument['items'][number] {
  return {
    description: 'All of it',
    date: null,
    quantity: '1',
    unitPrice: '1',
    taxRate: '20',
    net,
    tax: Money.zero(net.currency as Currency),
  };
}
