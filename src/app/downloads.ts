import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import {
  AGREEMENT_EXPORTS,
  MerchantAgreementExportResolver,
  OperatorAgreementExportResolver,
  openAgreementExport,
} from '../features/agreements/index.js';
import { BULK_RESULTS, BulkResultFileResolver, type ResultFileParts, ResultFiles } from '../features/bulk/index.js';
import {
  CREDIT_NOTE_PDFS,
  CreditNotePdfResolver,
  INVOICE_PDFS,
  InvoicePdfResolver,
  InvoicePdfs,
} from '../features/invoices/index.js';
import {
  LEDGER_EXPORTS,
  MerchantLedgerExportResolver,
  OperatorLedgerExportResolver,
  openLedgerExport,
} from '../features/ledger/index.js';
import {
  MerchantOrderExportResolver,
  OperatorOrderExportResolver,
  ORDER_EXPORTS,
  openOrderExport,
} from '../features/orders/index.js';
import { type Claims, type DownloadKind, DownloadLinks } from '../platform/downloads/download-links.js';
import { type DownloadParts, downloadRoute } from '../platform/downloads/download-routes.js';
import { Exports } from '../platform/downloads/exports.js';
import type { MasterKeys } from '../platform/secrets/master-keys.js';

export interface DownloadsParts extends DownloadParts, ResultFileParts {
  readonly masterKeys: MasterKeys;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly copies: pg.Pool;
}

/** By their classes, which is all that the schema's text needs. */
export const DOWNLOAD_RESOLVERS = [
  MerchantOrderExportResolver,
  OperatorOrderExportResolver,
  MerchantAgreementExportResolver,
  OperatorAgreementExportResolver,
  MerchantLedgerExportResolver,
  OperatorLedgerExportResolver,
  BulkResultFileResolver,
  InvoicePdfResolver,
  CreditNotePdfResolver,
] as const;

/** All that is loaded by a signed link: where the links are asked for, and where they lead. */
export function downloads(parts: DownloadsParts) {
  const linksTo = <Claimed extends Claims>(kind: DownloadKind<Claimed>) =>
    new DownloadLinks(kind, parts.masterKeys, parts.publicUrl);
  const exports = new Exports(parts.copies);
  const orders = linksTo(ORDER_EXPORTS);
  const agreements = linksTo(AGREEMENT_EXPORTS);
  const ledger = linksTo(LEDGER_EXPORTS);
  const results = linksTo(BULK_RESULTS);
  const resultFiles = new ResultFiles(parts);
  const pdfs = new InvoicePdfs(parts);
  const invoices = linksTo(INVOICE_PDFS);
  const notes = linksTo(CREDIT_NOTE_PDFS);
  return {
    resolvers: [
      new MerchantOrderExportResolver(orders),
      new OperatorOrderExportResolver(orders),
      new MerchantAgreementExportResolver(agreements),
      new OperatorAgreementExportResolver(agreements),
      new MerchantLedgerExportResolver(ledger),
      new OperatorLedgerExportResolver(ledger),
      new BulkResultFileResolver(results),
      new InvoicePdfResolver(invoices),
      new CreditNotePdfResolver(notes),
    ],
    routes: (app: FastifyInstance): void => {
      downloadRoute(app, parts, { links: orders, open: (claims) => openOrderExport(exports, claims) });
      downloadRoute(app, parts, { links: agreements, open: (claims) => openAgreementExport(exports, claims) });
      downloadRoute(app, parts, { links: ledger, open: (claims) => openLedgerExport(exports, claims) });
      downloadRoute(app, parts, { links: results, open: (claims) => resultFiles.open(claims) });
      downloadRoute(app, parts, { links: invoices, open: (claims) => pdfs.invoice(claims) });
      downloadRoute(app, parts, { links: notes, open: (claims) => pdfs.creditNote(claims) });
    },
  };
}
