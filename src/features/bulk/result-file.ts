import { Readable } from 'node:stream';
import { z } from 'zod';
import { publicId } from '../../kernel/ids.js';
import { resultColumn } from '../../kernel/result-columns.js';
import { separatedLine } from '../../platform/csv/write-csv.js';
import type { Sql } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { Download } from '../../platform/downloads/download.js';
import type { DownloadKind } from '../../platform/downloads/download-links.js';
import { Slots } from '../../platform/downloads/slots.js';
import type { PaymentPageLinks } from '../orders/index.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { OPERATION_BY_ID } from './bulk-sql.js';
import { ROW_OUTCOMES } from './domain/words.js';
import { type ResultRow, resultRows } from './result-file-sql.js';

const claims = z.object({
  operatorId: z.string(),
  operationId: z.string(),
  /** Null: all rows. */
  outcome: z.enum(ROW_OUTCOMES).nullable(),
});
export type ResultClaims = z.infer<typeof claims>;

export const BULK_RESULTS: DownloadKind<ResultClaims> = { path: 'bulk-results', extension: 'csv', claims };

export interface ResultFileParts {
  readonly units: UnitsOfWork;
  readonly pageLinks: PaymentPageLinks;
}

/** Of rows that are in memory at once; one more may begin below. */
const PAGE_BYTES = 1_000_000;
/** What is handed on in one piece. */
const PIECE_CHARS = 32_768;

/** Files of results that this process is just sending. Two operators cannot have all of its slots. */
export class ResultFiles {
  readonly #slots = new Slots(8, 3);

  constructor(private readonly parts: ResultFileParts) {}

  /** Throws `FilesBusy`. */
  async open(wanted: ResultClaims): Promise<Download | null> {
    const giveBack = this.#slots.take(wanted.operatorId);
    try {
      const download = await openResultFile(this.parts, wanted);
      if (download) download.content.once('close', giveBack);
      else giveBack();
      return download;
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}

/** Behind the file's own columns. All begin with what the receiving side does not read, and knows a file of results by. */
const RESULT_COLUMNS = [
  'line',
  'outcome',
  'problemCode',
  'message',
  'agreementId',
  'orderId',
  'orderStatus',
  'paymentPageUrl',
].map(resultColumn);

/** Without it spreadsheets take UTF-8 for something else, and what is mended there would come back broken. */
const BYTE_ORDER_MARK = '\ufeff';

/**
 * A file's rows as they were sent, and what came of each: to be mended where
 * that is needed, and sent again. Cells that a spreadsheet would run are led by
 * an apostrophe, which is taken off again when the file comes back.
 */
async function openResultFile(parts: ResultFileParts, wanted: ResultClaims): Promise<ResultDownload | null> {
  const { operatorId, operationId, outcome } = wanted;
  const sql: Sql = { query: (text, parameters) => parts.units.sql(operatorId, (tx) => tx.query(text, parameters)) };
  const [operation] = await sql.query<BulkOperationRow>(OPERATION_BY_ID, [operatorId, operationId]);
  if (!operation?.header) return null;
  const file = { sql, pageLinks: parts.pageLinks, wanted, header: operation.header };
  const name = `results-${publicId('bulkOperation', operationId)}${outcome ? `-${outcome.toLowerCase()}` : ''}.csv`;
  const content = Readable.from(linesOf(file, operation.separator ?? ','), { objectMode: false });
  return { content, contentType: 'text/csv; charset=utf-8', fileName: name, disposition: 'attachment' };
}

type ResultDownload = Download & { readonly content: Readable };

interface ResultFile {
  readonly sql: Sql;
  readonly pageLinks: PaymentPageLinks;
  readonly wanted: ResultClaims;
  readonly header: readonly string[];
}

/**
 * A page at a time, and only when the one before has left: so memory is the
 * same for any number of rows. Of long rows fewer are asked for the next time,
 * since the database measures all that it is asked for.
 */
async function* linesOf(file: ResultFile, separator: string): AsyncGenerator<string> {
  const { sql, wanted, header } = file;
  yield BYTE_ORDER_MARK + separatedLine([...header, ...RESULT_COLUMNS], separator);
  let before = Number.POSITIVE_INFINITY;
  for (let after: number | null = 0; after !== null; ) {
    const page = [wanted.operatorId, wanted.operationId, after, PAGE_BYTES];
    const rows: ResultRow[] = await sql.query<ResultRow>(resultRows(wanted.outcome, before), page);
    let piece = '';
    for (const row of rows) {
      piece += separatedLine(cellsOf(file, row), separator);
      if (piece.length < PIECE_CHARS) continue;
      yield piece;
      piece = '';
    }
    yield piece;
    after = rows.at(-1)?.line ?? null;
    before = rows.length;
  }
}

/** Of a row whose cells must not be kept, or were forgotten, all are empty. */
function cellsOf({ header, pageLinks, wanted: { operatorId } }: ResultFile, row: ResultRow) {
  const { line, cells, outcome, problem, agreementId, orderId, orderStatus } = row;
  const isUnpaid = orderStatus === 'CREATED' || orderStatus === 'REQUIRES_ACTION';
  return [
    ...header.map((_, place) => cells?.[place] ?? ''),
    BigInt(line),
    outcome,
    problem?.code ?? null,
    problem?.message ?? null,
    agreementId && publicId('agreement', agreementId),
    orderId && publicId('order', orderId),
    orderStatus,
    orderId && isUnpaid ? pageLinks.make({ operatorId, orderId }) : null,
  ];
}
