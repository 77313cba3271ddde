import type { DocumentTexts } from './document-texts.js';
import type { InvoiceDocument } from './invoice-document.js';
import type { NumberTexts } from './number-texts.js';
import type { Sheet, TextStyle } from './sheet.js';

/** What every part of the page is printed from. */
export interface PrintJob {
  readonly sheet: Sheet;
  readonly document: InvoiceDocument;
  readonly texts: DocumentTexts;
  readonly numbers: NumberTexts;
}

export const COLOURS = {
  ink: '#1d2430',
  faint: '#5d6776',
  line: '#d5dae1',
  panel: '#f3f5f8',
  calm: '#2f5d9b',
  good: '#22744b',
  alarm: '#b3372f',
} as const;

export const STYLES = {
  name: { face: 'bold', size: 15, colour: COLOURS.ink },
  kind: { face: 'bold', size: 19, colour: COLOURS.ink },
  title: { face: 'bold', size: 12, colour: COLOURS.ink },
  strong: { face: 'bold', size: 9.5, colour: COLOURS.ink },
  plain: { face: 'regular', size: 9.5, colour: COLOURS.ink },
  faint: { face: 'regular', size: 9.5, colour: COLOURS.faint },
  small: { face: 'regular', size: 8, colour: COLOURS.faint },
  link: { face: 'regular', size: 9, colour: COLOURS.calm },
  head: { face: 'bold', size: 8.5, colour: COLOURS.faint },
  cell: { face: 'regular', size: 9, colour: COLOURS.ink },
  sum: { face: 'bold', size: 11.5, colour: COLOURS.ink },
} as const satisfies Record<string, TextStyle>;
