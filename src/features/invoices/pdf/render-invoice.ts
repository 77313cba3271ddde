import { instantAt } from '../../../kernel/calendar.js';
import type { Language } from '../../orders/index.js';
import type { DocumentTexts } from './document-texts.js';
import { type Fonts, fonts } from './fonts.js';
import type { InvoiceDocument } from './invoice-document.js';
import { numberTexts } from './number-texts.js';
import { printHeading } from './print-heading.js';
import { printItems } from './print-items.js';
import { COLOURS, type PrintJob, STYLES } from './print-job.js';
import { printState } from './print-state.js';
import { printTotals } from './print-totals.js';
import { printableText } from './printable-text.js';
import { Sheet } from './sheet.js';
import { EN } from './texts-en.js';
import { RO } from './texts-ro.js';
import { RU } from './texts-ru.js';

const TEXTS: Readonly<Record<Language, DocumentTexts>> = { en: EN, ro: RO, ru: RU };

/** Of what has no day of its own, for a file must have one and the same document the same file. */
const NO_DAY = '1970-01-01';

/**
 * The PDF of an invoice, a draft or a credit note: A4, in the document's
 * language, its fonts within it. It depends on nothing but the document, and no
 * text in it makes it fail: what cannot be printed is shown as missing.
 */
export async function renderInvoice(document: InvoiceDocument): Promise<Buffer> {
  const letters = await fonts();
  const texts = TEXTS[document.language];
  const sheet = await openSheet(document, texts, letters);
  const job: PrintJob = { sheet, document, texts, numbers: numberTexts(document.language, document.currency) };
  printHeading(job);
  printState(job);
  printReason(job);
  await printItems(job);
  printTotals(job);
  printFoot(job);
  return sheet.bytes();
}

async function openSheet(document: InvoiceDocument, texts: DocumentTexts, letters: Fonts): Promise<Sheet> {
  // By the first invoice alone: it is a megabyte of script that no other part of the program needs.
  const { default: PdfDocument } = await import('pdfkit');
  const { language, status, merchantName, issuedOn, month } = document;
  const printable = (text: string) => printableText(text, letters.hasGlyph);
  const pdf = new PdfDocument({
    autoFirstPage: false,
    bufferPages: true,
    pdfVersion: '1.7',
    font: '',
    lang: language,
    displayTitle: true,
    info: {
      Title: printable(nameOf(document, texts)),
      Author: printable(merchantName),
      Creator: 'Quittance',
      CreationDate: instantAt(issuedOn ?? (month === null ? NO_DAY : `${month}-01`), '00:00', 'UTC'),
    },
  });
  return new Sheet(pdf, letters, (status && texts.watermarks[status]) ?? null);
}

/** "Invoice No. 2026-17" */
function nameOf({ kind, number }: InvoiceDocument, texts: DocumentTexts): string {
  return number === null ? texts.kinds[kind] : `${texts.kinds[kind]} ${texts.numbered(number)}`;
}

function printReason({ sheet, document, texts }: PrintJob): void {
  const reason = document.credits?.reason;
  if (!reason) return;
  for (const line of sheet.lines(`${texts.reason}: ${reason}`, STYLES.plain, sheet.width)) {
    sheet.needs(sheet.lineHeight(STYLES.plain));
    sheet.put(line, STYLES.plain, { x: sheet.left, y: sheet.y });
    sheet.y += sheet.lineHeight(STYLES.plain);
  }
  sheet.y += 14;
}

function printFoot({ sheet, document, texts }: PrintJob): void {
  const name = `${nameOf(document, texts)} · ${document.merchantName}`;
  const [line = ''] = sheet.lines(name, STYLES.small, sheet.width - 70, 1);
  sheet.foot((page, pages, y) => {
    sheet.rule(COLOURS.line, y - 8);
    sheet.put(line, STYLES.small, { x: sheet.left, y });
    sheet.put(`${page} / ${pages}`, STYLES.small, { x: sheet.left, y, right: sheet.right });
  });
}
