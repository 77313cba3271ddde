import { Money } from '../../../kernel/money.js';
import { COLOURS, type PrintJob, STYLES } from './print-job.js';
import type { TextStyle } from './sheet.js';

const WIDTH = 300;
const VALUE_WIDTH = 165;
const PADDING = 3;

interface TotalRow {
  readonly label: string;
  readonly value: string;
  readonly style: TextStyle;
}

/** What it comes to, on one page together: a sum without what it is the sum of would be read as something else. */
export function printTotals(job: PrintJob): void {
  const { sheet } = job;
  const rows = totalRows(job).map((row) => ({
    ...row,
    labels: sheet.lines(row.label, row.style, WIDTH - VALUE_WIDTH - 10),
    values: sheet.lines(row.value, row.style, VALUE_WIDTH),
  }));
  const heights = rows.map(
    ({ labels, values, style }) => Math.max(labels.length, values.length) * sheet.lineHeight(style) + 2 * PADDING,
  );
  const together = heights.reduce((sum, height) => sum + height, 10);
  sheet.y += 10;
  if (together <= sheet.bodyHeight) sheet.needs(together);
  for (const [index, { labels, values, style }] of rows.entries()) {
    const height = heights[index] ?? 0;
    sheet.needs(height);
    sheet.putAll(labels, style, { x: sheet.right - WIDTH, y: sheet.y + PADDING });
    sheet.putAll(values, style, { x: sheet.left, y: sheet.y + PADDING, right: sheet.right });
    sheet.y += height;
  }
}

function totalRows({ document, texts, numbers }: PrintJob): readonly TotalRow[] {
  const { kind, subtotal, taxLines, tax, total, creditApplied, credited, paid, amountDue } = document;
  const row = (label: string, value: string, style: TextStyle = STYLES.plain) => ({ label, value, style });
  const less = (amount: Money) => numbers.plain(Money.zero(amount.currency).minus(amount));
  const taxed = taxLines.map((line) =>
    row(texts.taxOn(numbers.percent(line.rate), numbers.plain(line.net)), numbers.plain(line.tax), STYLES.faint),
  );
  const sums = [
    row(texts.subtotal, numbers.plain(subtotal)),
    ...taxed,
    ...(taxLines.length === 1 ? [] : [row(texts.tax, numbers.plain(tax))]),
  ];
  if (kind === 'CREDIT_NOTE') return [...sums, row(texts.total, numbers.full(total), STYLES.sum)];
  return [
    ...sums,
    row(texts.total, numbers.full(total), STYLES.strong),
    ...(creditApplied.isZero() ? [] : [row(texts.creditApplied, less(creditApplied))]),
    ...(credited.isZero() ? [] : [row(texts.creditNotes, less(credited))]),
    ...(paid.isZero() ? [] : [row(texts.paid, less(paid))]),
    row(texts.amountDue, numbers.full(amountDue), { ...STYLES.sum, colour: COLOURS.ink }),
  ];
}
