import { setImmediate as turn } from 'node:timers/promises';
import { ITEMS_MAX } from '../../../src/features/invoices/pdf/print-items.js';
import { renderInvoice } from '../../../src/features/invoices/pdf/render-invoice.js';
import { INVOICE, itemsOf, mdl } from './pdf-documents.js';
import { readPdf } from './pdf-reader.js';

it.each([
  ['en', '2,001 items. They are not printed one by one', 'Tax 20% on 1,234.50'],
  ['ro', 'Poziții: 2.001. Nu sunt tipărite una câte una', 'Taxă 20 % din 1.234,50'],
  ['ru', 'Позиций: 2 001. Они не напечатаны по одной', 'Налог 20 % с 1 234,50'],
] as const)(
  'an invoice of more items than are printed says how many, and its totals, in %s',
  async (language, said, tax) => {
    const [item] = INVOICE.items;
    if (!item) throw new Error('no item');
    const items = Array.from({ length: ITEMS_MAX + 1 }, () => item);
    const { texts } = await readPdf(await renderInvoice({ ...INVOICE, language, items }));
    expect(texts).toHaveLength(1);
    const text = texts.join(' ').replace(/\s+/g, ' ');
    expect(text).toContain(said);
    expect(text).toContain(tax);
    expect(text).not.toContain(item.description);
  },
);

it('lets others have their turn while it is measured', async () => {
  let turns = 0;
  let isDone = false;
  const others = (async () => {
    for (; !isDone && turns < 1000; turns += 1) await turn();
  })();
  await renderInvoice({ ...INVOICE, items: itemsOf(200) });
  isDone = true;
  await others;
  // Six columns are measured in two halves each, and seven times 25 rows are printed.
  expect(turns).toBeGreaterThanOrEqual(10);
});

it('shows what credit notes took apart from the credit that was used', async () => {
  const changes = { credited: mdl(10_000n), amountDue: mdl(130_000n) };
  const text = (await readPdf(await renderInvoice({ ...INVOICE, ...changes }))).texts.join(' ').replace(/\s+/g, ' ');
  expect(text).toContain('Credit applied -34.81 Credit notes -100.00 Amount due MDL 1,300.00');
});
