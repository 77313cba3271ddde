import { setImmediate as othersHaveTheirTurn } from 'node:timers/promises';
import type { DocumentItem } from './invoice-document.js';
import { type PrintJob, STYLES } from './print-job.js';
import type { TextStyle } from './sheet.js';

const GAP = 12;
/** Measuring is arithmetic of this thread's: after so many texts, requests that wait have their turn. */
const TEXTS_AT_ONCE = 100;
/** Smaller than so much of its usual size, an amount cannot be read; it goes on in a second line then. */
const SHRUNK_MIN = 0.7;

/** A column of numbers, which end at its right edge. */
export interface NumberColumn {
  readonly heading: string;
  readonly right: number;
  readonly width: number;
  readonly style: TextStyle;
  readonly text: (item: DocumentItem) => string;
}

export interface ItemColumns {
  /** Of the descriptions: what the numbers leave. */
  readonly width: number;
  readonly numbers: readonly NumberColumn[];
}

interface Wanted {
  readonly heading: string;
  readonly widthMin: number;
  readonly widthMax: number;
  readonly text: (item: DocumentItem) => string;
}

/** As wide as their widest number, within limits, from the right edge on; tax only where any item has a rate. */
export async function itemColumns(job: PrintJob): Promise<ItemColumns> {
  const { sheet, document } = job;
  let { right } = sheet;
  const numbers: NumberColumn[] = [];
  for (const wanted of wantedColumns(job).toReversed()) {
    const widest = await widestOf(job, document.items.map(wanted.text), STYLES.cell);
    const heading = await widestOf(job, wanted.heading.split(' '), STYLES.head);
    const width = Math.min(wanted.widthMax, Math.max(wanted.widthMin, widest, heading));
    const size = STYLES.cell.size * Math.max(SHRUNK_MIN, Math.min(1, width / widest));
    numbers.unshift({ ...wanted, right, width: width + 0.1, style: { ...STYLES.cell, size } });
    right -= width + GAP;
  }
  return { width: right - sheet.left, numbers };
}

function wantedColumns({ document, texts: { columns }, numbers }: PrintJob): readonly Wanted[] {
  const taxed = document.items.some(({ taxRate, tax }) => taxRate !== null || !tax.isZero());
  const taxes: readonly Wanted[] = [
    {
      heading: columns.taxRate,
      widthMin: 32,
      widthMax: 48,
      text: ({ taxRate }) => (taxRate === null ? '–' : numbers.percent(taxRate)),
    },
    { heading: columns.tax, widthMin: 36, widthMax: 80, text: ({ tax }) => numbers.plain(tax) },
  ];
  return [
    { heading: columns.quantity, widthMin: 35, widthMax: 62, text: ({ quantity }) => numbers.quantity(quantity) },
    { heading: columns.unitPrice, widthMin: 45, widthMax: 80, text: ({ unitPrice }) => numbers.price(unitPrice) },
    ...(taxed ? taxes : []),
    { heading: columns.net, widthMin: 50, widthMax: 90, text: ({ net }) => numbers.plain(net) },
  ];
}

async function widestOf({ sheet }: PrintJob, texts: readonly string[], style: TextStyle): Promise<number> {
  let widest = 1;
  for (const [index, text] of texts.entries()) {
    if (index > 0 && index % TEXTS_AT_ONCE === 0) await othersHaveTheirTurn();
    widest = Math.max(widest, sheet.widthOf(text, style));
  }
  return widest;
}
