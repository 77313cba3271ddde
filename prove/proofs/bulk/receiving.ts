import { setTimeout as pause } from 'node:timers/promises';
import {
  awaitingFile,
  type BulkView,
  bulkOperation,
  control,
  formOf,
  putFile,
  slowPut,
} from '../../../test/support/bulk.js';
import type { Shop } from '../../../test/support/product.js';
import type { Member } from '../../world/member.js';
import { MALFORMED } from './malformed.js';

type Sent = { readonly what: string; readonly status: number; readonly id: string | null; readonly fault: string };

/** Each of the malformed files, in both ways in which files come. */
export async function sendMalformed(shop: Shop): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  for (const [name, file] of Object.entries(MALFORMED)) {
    sent.push(await withMutation(shop, name, file), await put(shop, name, file));
  }
  return sent;
}

async function withMutation(shop: Shop, name: string, file: string | Uint8Array<ArrayBuffer>): Promise<Sent> {
  const response = await fetch(`${shop.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.key}`, 'apollo-require-preflight': '1' },
    body: formOf('chargeAgreements', {}, new Blob([file])),
  });
  return told(`${name}, with the mutation`, response);
}

async function put(shop: Shop, name: string, file: string | Uint8Array<ArrayBuffer>): Promise<Sent> {
  const { operation } = await awaitingFile(shop, 'chargeAgreements');
  const response = await fetch(operation.uploadUrl ?? '', {
    method: 'PUT',
    headers: { 'content-type': 'text/csv' },
    body: file,
  });
  return { ...(await told(`${name}, put`, response)), id: operation.id };
}

async function told(what: string, response: Response): Promise<Sent> {
  const text = await response.text();
  const id = /"id":"(blk_\w+)"/.exec(text)?.[1] ?? null;
  const isTold = /"code":"[A-Z_]+"|"message":"|"status":"/.test(text);
  const inside = /"INTERNAL"|node_modules|at \w+ \(/.test(text);
  const fault = inside
    ? `tells of our inside: ${text.slice(0, 200)}`
    : isTold
      ? ''
      : `says nothing: ${text.slice(0, 200)}`;
  return { what, status: response.status, id, fault };
}

/** What came of them: told why, every row of what was taken failed, and the server as well as before. */
export async function malformedAreRefused(shop: Shop, sent: readonly Sent[]): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const { what, status, id, fault } of sent) {
    if (status >= 500) violations.push(`${what}: answered with ${status}`);
    if (fault) violations.push(`${what}: ${fault}`);
    if (id === null) continue;
    await until(async () => (await bulkOperation(shop, id))?.status !== 'RUNNING', `the end of ${what}`);
    const operation = await bulkOperation(shop, id);
    if (!operation || !isOver(operation))
      violations.push(`${what}: ${operation?.status} ${JSON.stringify(operation?.counts)}`);
  }
  return violations;
}

/** Refused as a whole, or each of its rows. */
function isOver({ status, counts }: BulkView): boolean {
  if (status === 'REFUSED' || status === 'AWAITING_FILE') return counts.total === 0;
  return status === 'COMPLETED' && counts.failed === counts.total && counts.done === counts.total;
}

/** A file that is put while the process that takes it is killed, and then put again; answers with what was wrong. */
export async function killReceiving(shop: Shop, api: Member, rows: number, name: string): Promise<readonly string[]> {
  const { operation } = await awaitingFile(shop, 'updateAgreements', { dryRun: true });
  const file = updatesCsv(rows, name);
  const upload = slowPut(operation.uploadUrl);
  upload.send(file.slice(0, Math.floor(file.length * 0.8)));
  await until(async () => ((await bulkOperation(shop, operation.id))?.counts.total ?? 0) > 0, `rows of ${name}`);
  await api.kill();
  await api.start();
  const answer = await putFile(operation.uploadUrl, file);
  const total = answer.operation?.counts.total;
  await control(shop, 'cancel', operation.id);
  return answer.status === 200 && total === rows
    ? []
    : [`${name}: put again after a kill it was answered ${answer.status}, with ${total} rows of ${rows}`];
}

/** Changes of an agreement; each says what its row is called, so that effects can be counted. */
export function updatesCsv(rows: number, name: string, agreement = (_row: number) => 'nobody'): string {
  const lines = Array.from({ length: rows }, (_, row) => `${name}-${row},${agreement(row)},${name}-${row}\r\n`);
  return `changeReference,agreementReference,metadata.at\r\n${lines.join('')}`;
}

export async function until(isThere: () => Promise<boolean>, what: string, withinMs = 90_000): Promise<void> {
  if (!(await came(isThere, withinMs))) throw new Error(`in vain waited for ${what}`);
}

/** Whether it came to that within the time. */
export async function came(isThere: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (!(await isThere())) {
    if (performance.now() > deadline) return false;
    await pause(100);
  }
  return true;
}
