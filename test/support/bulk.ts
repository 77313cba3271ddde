import { type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { uuidOf } from '../../src/kernel/ids.js';
import type { Client, Json, Product, Refusal } from './product.js';

export const BULK_OPERATION = `id kind status dryRun counts { total done succeeded repeated failed canceled }
  rowsPerSecond secondsLeft fileName fileFaults { line column message } createdAt startedAt finishedAt uploadUrl`;

export interface Counts {
  readonly total: number;
  readonly done: number;
  readonly succeeded: number;
  readonly repeated: number;
  readonly failed: number;
  readonly canceled: number;
}

export interface BulkView {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly dryRun: boolean;
  readonly counts: Counts;
  readonly fileName: string | null;
  readonly fileFaults: { line: number; column: string | null; message: string }[] | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly uploadUrl: string | null;
}

export interface BulkRowView {
  readonly line: number;
  readonly outcome: string;
  readonly reference: string | null;
  readonly cells: Record<string, string> | null;
  readonly problem: Refusal | null;
  readonly agreement: { readonly id: string } | null;
  readonly order: { readonly id: string } | null;
}

export type BulkResult = { readonly operation: BulkView } & Refusal;

export const KINDS = {
  createAgreements: 'CREATE_AGREEMENTS',
  chargeAgreements: 'CHARGE_AGREEMENTS',
  updateAgreements: 'UPDATE_AGREEMENTS',
} as const;

export type BulkMutation = keyof typeof KINDS;

/** A file as its lines say. */
export function csvOf(...lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}

/** A file of charges, of which no agreement exists: for whatever happens before rows are carried out. */
export function chargesCsv(count: number, prefix = 'ref'): string {
  const rows = Array.from({ length: count }, (_, index) => `${prefix}-${index + 1},nobody-${index + 1},10.00`);
  return csvOf('orderNumber,agreementReference,amount', ...rows);
}

/** The form in which GraphQL clients send a file beside a query. */
export function formOf(mutation: BulkMutation, input: Json, file: Blob, fileName = 'file.csv'): FormData {
  const query = `mutation ($input: BulkInput!) { ${mutation}(input: $input) {
    ... on BulkPayload { operation { ${BULK_OPERATION} } }
    ... on Problem { code message retryable issues { path message } } } }`;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { input: { ...input, file: null } } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
  form.set('0', file, fileName);
  return form;
}

/** Sends a file with a mutation, over HTTP as anybody would. */
export async function sendFile(
  client: Client,
  mutation: BulkMutation,
  file: string | Uint8Array<ArrayBuffer>,
  { fileName, ...input }: Json & { readonly fileName?: string } = {},
): Promise<BulkResult> {
  const response = await fetch(`${client.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${client.key}`, 'apollo-require-preflight': '1' },
    body: formOf(mutation, input, new Blob([file]), fileName),
  });
  const body = (await response.json()) as { data?: Record<string, BulkResult>; errors?: { message: string }[] };
  const result = body.data?.[mutation];
  if (!result) throw new Error(`${response.status} ${JSON.stringify(body)}`);
  return result;
}

/** An operation whose file is still to be put. */
export async function awaitingFile(client: Client, mutation: BulkMutation, input: Json = {}): Promise<BulkResult> {
  const data = await client.ask<Record<string, BulkResult>>(
    `mutation ($input: BulkInput!) { ${mutation}(input: $input) {
      ... on BulkPayload { operation { ${BULK_OPERATION} } }
      ... on Problem { code message retryable issues { path message } } } }`,
    { input },
  );
  return data[mutation] as BulkResult;
}

export interface PutAnswer {
  readonly status: number;
  readonly operation?: { readonly id: string; readonly status: string; readonly counts: Counts };
  readonly problem?: {
    readonly code: string;
    readonly message: string;
    readonly faults: { line: number; column: string | null; message: string }[];
  };
  readonly errors?: { message: string }[];
}

/** Puts a file to an operation's address, without a key. */
export async function putFile(url: string | null, file: string): Promise<PutAnswer> {
  const response = await fetch(url ?? '', { method: 'PUT', headers: { 'content-type': 'text/csv' }, body: file });
  return { status: response.status, ...((await response.json()) as object) };
}

export async function bulkOperation(client: Client, id: string): Promise<BulkView | null> {
  const query = `query ($id: ID!) { bulkOperation(id: $id) { ${BULK_OPERATION} } }`;
  return (await client.ask<{ bulkOperation: BulkView | null }>(query, { id })).bulkOperation;
}

export async function rowsOf(client: Client, id: string, outcome?: string): Promise<BulkRowView[]> {
  const data = await client.ask<{ bulkOperation: { rows: { nodes: BulkRowView[] } } }>(
    `query ($id: ID!, $outcome: BulkRowOutcome) { bulkOperation(id: $id) { rows(first: 100, outcome: $outcome) { nodes {
      line outcome reference cells agreement { id } order { id }
      problem { code message retryable issues { path message } } } } } }`,
    { id, outcome },
  );
  return data.bulkOperation.rows.nodes;
}

export async function control(
  client: Client,
  verb: 'pause' | 'resume' | 'cancel',
  bulkOperationId: string,
): Promise<BulkResult> {
  const mutation = `${verb}BulkOperation`;
  const data = await client.ask<Record<string, BulkResult>>(
    `mutation ($input: BulkOperationInput!) { ${mutation}(input: $input) {
      ... on BulkOperationPayload { operation { ${BULK_OPERATION} } }
      ... on Problem { code message retryable issues { path message } } } }`,
    { input: { bulkOperationId } },
  );
  return data[mutation] as BulkResult;
}

/** What of an operator's files is in the database: nothing may be where the API shows none. */
export async function storedOf(product: Product, operatorId: string): Promise<{ operations: number; rows: number }> {
  const uuid = uuidOf('operator', operatorId) ?? '';
  const [operations, rows] = await product.built.units.sql(uuid, (tx) =>
    Promise.all(
      ['bulk_operations', 'bulk_rows'].map((table) =>
        tx.query<{ count: number }>(
          {
            name: `test_count_${table}`,
            text: `select count(*)::int as count from ${table} where operator_id = $1`,
          },
          [uuid],
        ),
      ),
    ),
  );
  return { operations: operations?.[0]?.count ?? -1, rows: rows?.[0]?.count ?? -1 };
}

/** An upload that its test sends piece by piece, and may cut off. */
export interface SlowUpload {
  send(text: string): void;
  /** Sends the end of the body; resolves with the answer. */
  end(): Promise<{ readonly status: number; readonly body: Json }>;
  /** The connection is gone, as when a train enters a tunnel. */
  cutOff(): void;
}

/** Puts a file to an address, slowly. */
export function slowPut(url: string | null): SlowUpload {
  return slowly(url ?? '', { method: 'PUT', headers: { 'content-type': 'text/csv' } }, '');
}

/** Sends a file with a mutation, slowly. */
export function slowMutation(client: Client, mutation: BulkMutation, input: Json = {}): SlowUpload {
  const boundary = 'quittance-boundary';
  const part = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const form = formOf(mutation, input, new Blob([]));
  const head =
    part('operations', String(form.get('operations'))) +
    part('map', String(form.get('map'))) +
    `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="slow.csv"\r\ncontent-type: text/csv\r\n\r\n`;
  const headers = {
    authorization: `Bearer ${client.key}`,
    'apollo-require-preflight': '1',
    'content-type': `multipart/form-data; boundary=${boundary}`,
  };
  const upload = slowly(`${client.url}/graphql`, { method: 'POST', headers }, `\r\n--${boundary}--\r\n`);
  upload.send(head);
  return upload;
}

function slowly(url: string, options: RequestOptions, tail: string): SlowUpload {
  const sending = request(url, { ...options, agent: false });
  const answered = new Promise<{ status: number; body: Json }>((resolve, reject) => {
    sending.on('error', reject);
    sending.on('response', async (response) => {
      const body = JSON.parse(await text(response)) as Json;
      resolve({ status: response.statusCode ?? 0, body });
    });
  });
  answered.catch(() => {});
  return {
    send: (piece) => void sending.write(piece),
    end: () => {
      sending.end(tail);
      return answered;
    },
    cutOff: () => void sending.destroy(),
  };
}
