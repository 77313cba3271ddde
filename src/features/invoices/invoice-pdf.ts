import { z } from 'zod';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { Download } from '../../platform/downloads/download.js';
import type { DownloadKind } from '../../platform/downloads/download-links.js';
import { Slots } from '../../platform/downloads/slots.js';
import { LANGUAGES, type PaymentPageLinks } from '../orders/index.js';
import { creditNoteDocument, invoiceDocument } from './invoice-document-of.js';
import type { InvoiceDocument } from './pdf/invoice-document.js';
import { renderInvoice } from './pdf/render-invoice.js';

const claims = z.object({ operatorId: z.string(), id: z.string(), language: z.enum(LANGUAGES).nullable() });
export type PdfClaims = z.infer<typeof claims>;

export const INVOICE_PDFS: DownloadKind<PdfClaims> = { path: 'invoices', extension: 'pdf', claims };
export const CREDIT_NOTE_PDFS: DownloadKind<PdfClaims> = { path: 'credit-notes', extension: 'pdf', claims };

export interface PdfParts {
  readonly units: UnitsOfWork;
  readonly pageLinks: PaymentPageLinks;
}

/** Invoices and credit notes on paper, made anew each time: so they say what is true now, such as that one is paid. */
export class InvoicePdfs {
  /** Pages are laid out by the thread that answers everybody. */
  readonly #slots = new Slots(4, 2);

  constructor(private readonly parts: PdfParts) {}

  invoice(wanted: PdfClaims): Promise<Download | null> {
    const { units, pageLinks } = this.parts;
    return this.#printed(wanted, () =>
      units.sql(wanted.operatorId, (transaction) => invoiceDocument(transaction, wanted, pageLinks)),
    );
  }

  creditNote(wanted: PdfClaims): Promise<Download | null> {
    return this.#printed(wanted, () =>
      this.parts.units.sql(wanted.operatorId, (transaction) => creditNoteDocument(transaction, wanted)),
    );
  }

  /** Throws `FilesBusy`. */
  async #printed(
    { operatorId }: PdfClaims,
    documentOf: () => Promise<InvoiceDocument | null>,
  ): Promise<Download | null> {
    const giveBack = this.#slots.take(operatorId);
    try {
      const document = await documentOf();
      if (!document) return null;
      const content = await renderInvoice(document);
      const fileName = `${document.number ?? 'draft'}.pdf`;
      return { content, contentType: 'application/pdf', fileName, disposition: 'inline' };
    } finally {
      giveBack();
    }
  }
}
