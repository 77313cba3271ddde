import { Arg, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { DownloadLinks } from '../../platform/downloads/download-links.js';
import { UrlScalar } from '../../platform/graphql/scalars.js';
import { LANGUAGES, PayerLanguageEnum } from '../orders/index.js';
import type { ApiContext } from '../tenancy/index.js';
import { InvoiceType } from './invoice.graphql.js';
import { CreditNoteType } from './invoice-credit-note.graphql.js';
import type { PdfClaims } from './invoice-pdf.js';

const LANGUAGE = {
  nullable: true,
  description: 'In which it is written. Absent: the one in which its payer was last asked to pay, or English.',
};
const LINK = 'as PDF. Whoever has the address may load it, for 15 minutes from now.';

/** Where a payer may pay is printed on it, and who the payer is. */
@Resolver(() => InvoiceType)
export class InvoicePdfResolver {
  constructor(private readonly links: DownloadLinks<PdfClaims>) {}

  @Authorized('payers:read', 'orders:read')
  @FieldResolver(() => UrlScalar, {
    description: `The invoice as it is when it is loaded, ${LINK} Of more than 2,000 items it prints how many there are and the totals.`,
  })
  pdfUrl(
    @Root() { row }: InvoiceType,
    @Arg('language', () => PayerLanguageEnum, LANGUAGE) language: string | null,
    @Ctx() context: ApiContext,
  ): string {
    return urlTo(this.links, context, { id: row.id, language });
  }
}

@Resolver(() => CreditNoteType)
export class CreditNotePdfResolver {
  constructor(private readonly links: DownloadLinks<PdfClaims>) {}

  @Authorized('payers:read', 'orders:read')
  @FieldResolver(() => UrlScalar, { description: `The credit note ${LINK}` })
  pdfUrl(
    @Root() { row }: CreditNoteType,
    @Arg('language', () => PayerLanguageEnum, LANGUAGE) language: string | null,
    @Ctx() context: ApiContext,
  ): string {
    return urlTo(this.links, context, { id: row.id, language });
  }
}

function urlTo(
  links: DownloadLinks<PdfClaims>,
  { principal: { operatorId }, units }: ApiContext,
  { id, language: wanted }: { readonly id: string; readonly language: string | null },
): string {
  const language = LANGUAGES.find((each) => each === wanted?.toLowerCase()) ?? null;
  return links.make({ operatorId, id, language }, units.clock.now()).url;
}
