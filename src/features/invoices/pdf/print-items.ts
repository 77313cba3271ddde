import { setImmediate as othersHaveTheirTurn } from 'node:timers/promises';
import type { DocumentItem } from './invoice-document.js';
import { type ItemColumns, itemColumns } from './item-columns.js';
import { COLOURS, type PrintJob, STYLES } from './print-job.js';
import type { TextStyle } from './sheet.js';

const PADDING = 4;
/** Printing is arithmetic of this thread's: after so many rows, requests that wait have their turn. */
const ROWS_AT_ONCE = 25;
/** More of them nobody reads on paper: two thousand are some seventy pages, which are in memory until the last one. */
export const ITEMS_MAX = 2000;

interface Cell {
  readonly x: number;
  readonly right?: number;
  readonly lines: readonly { readonly text: string; readonly style: TextStyle }[];
}

/**
 * The table of what was billed, over as many pages as it takes, with its headings
 * on each. Of more items than are printed it says how many there are; the totals
 * below have them by rate.
 */
export async function printItems(job: PrintJob): Promise<void> {
  const { sheet, document, texts } = job;
  const amountsIn = sheet.lines(texts.amountsIn(document.currency), STYLES.small, sheet.width);
  sheet.needs(70);
  sheet.y = sheet.putAll(amountsIn, STYLES.small, { x: sheet.left, y: sheet.y }) + 4;
  if (document.items.length > ITEMS_MAX) return printCount(job);
  const columns = await itemColumns(job);
  printHeadings(job, columns);
  sheet.repeated = () => printHeadings(job, columns);
  for (const [index, item] of document.items.entries()) {
    if (index > 0 && index % ROWS_AT_ONCE === 0) await othersHaveTheirTurn();
    printRow(job, itemCells(job, columns, item));
  }
  if (document.items.length === 0) printRow(job, [cell(job, texts.noItems, STYLES.faint, sheet.left, columns.width)]);
  sheet.repeated = null;
}

function printCount(job: PrintJob): void {
  const { sheet, document, texts, numbers } = job;
  const count = numbers.quantity(String(document.items.length));
  printRow(job, [cell(job, texts.manyItems(count), STYLES.plain, sheet.left, sheet.width)]);
}

function printHeadings(job: PrintJob, columns: ItemColumns): void {
  const { sheet, texts } = job;
  printRow(job, [
    cell(job, texts.columns.description, STYLES.head, sheet.left, columns.width),
    ...columns.numbers.map(({ heading, right, width }) => cell(job, heading, STYLES.head, right - width, width, right)),
  ]);
}

function itemCells(job: PrintJob, columns: ItemColumns, item: DocumentItem): Cell[] {
  const { sheet, numbers } = job;
  const description = cell(job, item.description, STYLES.cell, sheet.left, columns.width);
  const day = item.date === null ? [] : [{ text: numbers.day(item.date), style: STYLES.small }];
  return [
    { ...description, lines: [...description.lines, ...day] },
    ...columns.numbers.map(({ text, style, right, width }) =>
      cell(job, text(item), style, right - width, width, right),
    ),
  ];
}

function cell({ sheet }: PrintJob, text: string, style: TextStyle, x: number, width: number, right?: number): Cell {
  const lines = sheet.lines(text, style, width).map((line) => ({ text: line, style }));
  return right === undefined ? { x, lines } : { x, lines, right };
}

/**
 * A row stays on one page if a page can hold it. A description that is longer
 * than a page goes on, line by line, under the headings of the next one.
 */
function printRow({ sheet }: PrintJob, cells: readonly Cell[]): void {
  const lineHeight = sheet.lineHeight(STYLES.cell);
  const count = Math.max(...cells.map(({ lines }) => lines.length));
  const height = count * lineHeight + 2 * PADDING;
  if (height < sheet.bodyHeight / 2) sheet.needs(height);
  sheet.y += PADDING;
  for (let index = 0; index < count; index += 1) {
    sheet.needs(lineHeight);
    for (const { x, right, lines } of cells) {
      const line = lines[index];
      if (line) sheet.put(line.text, line.style, right === undefined ? { x, y: sheet.y } : { x, y: sheet.y, right });
    }
    sheet.y += lineHeight;
  }
  sheet.y += PADDING;
  sheet.rule(COLOURS.line);
}
