import { setTimeout as pauseFor, setInterval } from 'node:timers/promises';
import { later } from '../../kernel/clock.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { isInForce, type Principal } from '../tenancy/index.js';
import type { BulkOperationRow } from './bulk-rows.js';
import { advance, changeOperation } from './change-operation.js';
import { Courtesy } from './domain/courtesy.js';
import { cancelRows, type RowResult } from './record-rows.js';
import type { BulkParts } from './run-bulk-parts.js';
import { type Batch, beginRows, type Hold, LEASE_MS, recordBatch, renewed } from './run-bulk-rows.js';
import type { BatchSize } from './run-bulk-sql.js';
import { askRow, type BegunRow, runRow } from './run-row.js';

const RENEWED_EVERY_MS = LEASE_MS / 4;

/** What waits for rows of another file, or for its operator to be served again, is looked at so much later. */
const LOOKED_AGAIN_MS = 1_000;
const SUSPENDED_MS = 60_000;
const TROUBLE_MS = 10_000;

/** A batch that was done so soon is followed by a long one, at whose end fewer rows wait for the slowest. */
const QUICK_MS = 750;

/** No more rows of a file stand at a gate, so that those of another file are not behind a whole batch. */
const TRACKS = 16;

/** Rows of a batch that have not set out by then are given back: whoever pauses, cancels or watches waits no longer. */
const BATCH_MS = 2_000;

/**
 * Takes an operation in hand and carries its rows out until none is left, it is
 * paused, or the process is to end. A process that dies leaves it to whoever
 * finds it when its lease has lapsed.
 */
export async function workOnOperation(
  parts: BulkParts,
  operatorId: string,
  operationId: string,
  onTaken: () => void,
): Promise<void> {
  const { units } = parts.carriers;
  const taken = await units.sql(operatorId, (transaction) => takeHold(transaction, operationId));
  if (!taken) return;
  onTaken();
  parts.meter.running.inc();
  const { hold, operation } = taken;
  const ended = new AbortController();
  const renewing = keepRenewing(parts, hold, ended.signal);
  let again: number | null = null;
  try {
    again = await carryOn(parts, hold, operation);
  } finally {
    ended.abort();
    parts.meter.running.dec();
    await renewing;
    const lookAgainMs = again;
    await units.sql(operatorId, (transaction) => letGo(transaction, hold, lookAgainMs)).catch(parts.onFailure);
  }
}

async function takeHold(transaction: Transaction, operationId: string) {
  const { realNow, operatorId } = transaction;
  const { operation, result: hold } = await changeOperation(transaction, operationId, (locked): Hold | null => {
    const { leaseUntil } = locked;
    if (leaseUntil !== null && leaseUntil > realNow) return null;
    const taken = { operatorId, operationId, token: newUuid() };
    const isDue = locked.dueAt !== null && locked.dueAt <= transaction.now;
    if (!isDue || (locked.status !== 'RUNNING' && locked.status !== 'CANCELING')) return null;
    locked.leaseToken = taken.token;
    renewed(transaction, locked, taken);
    return taken;
  });
  return hold && { hold, operation };
}

/** Resolves with how long to wait before somebody looks again; 0 where that may be at once. */
async function carryOn(parts: BulkParts, hold: Hold, taken: BulkOperationRow): Promise<number> {
  const { units } = parts.carriers;
  let operation = taken;
  const courtesy = new Courtesy();
  let afterLine = 0;
  let waiting = 0;
  let atMost: BatchSize = 40;
  while (!parts.lanes.isStopping) {
    const { status } = operation;
    if (status === 'CANCELING') await cancelAll(parts, hold);
    const standing = await keyStanding(parts, hold, operation);
    if (standing === 'SUSPENDED') return SUSPENDED_MS;
    if (standing === 'ENDED' && status === 'RUNNING') await units.sql(hold.operatorId, (tx) => pause(tx, hold));
    const principal = principalOf(hold, operation);
    const batch = await units.sql(hold.operatorId, (transaction) =>
      beginRows(transaction, hold, { afterLine, atMost }, { principal, rules: parts.rules }),
    );
    if (!batch) return 0;
    if (batch.lastLine === null) return waiting > 0 ? LOOKED_AGAIN_MS : 0;
    const began = performance.now();
    const { after, upToLine } = await finishBatch(parts, hold, principal, batch, courtesy);
    atMost = performance.now() - began < QUICK_MS ? 200 : 40;
    if (after?.leaseToken !== hold.token) return 0;
    waiting += batch.waiting;
    afterLine = after.status === status ? upToLine : 0;
    operation = after;
  }
  return 0;
}

async function finishBatch(
  parts: BulkParts,
  hold: Hold,
  caller: Principal,
  batch: Batch,
  courtesy: Courtesy,
): Promise<{ readonly after: BulkOperationRow | null; readonly upToLine: number }> {
  const until = performance.now() + BATCH_MS;
  const isTimeUp = () => parts.lanes.isStopping || performance.now() > until;
  const ran = await runRows(parts, caller, batch, { courtesy, isTimeUp });
  const results = [...batch.results, ...ran];
  const after = await parts.carriers.units.sql(hold.operatorId, (transaction) =>
    recordBatch(transaction, hold, batch, results),
  );
  for (const { outcome } of results) parts.meter.rows.inc({ outcome });
  const hasRun = new Set(ran.map(({ line }) => line));
  const left = batch.begun.find(({ line }) => !hasRun.has(line));
  return { after, upToLine: left ? left.line - 1 : (batch.lastLine ?? 0) };
}

/**
 * Each sets out when there is room for it beside those of other files; rows of
 * one agreement one after another, in the file's order: it takes one charge at a
 * time, and of two changes the later one is to stay.
 */
async function runRows(
  parts: BulkParts,
  caller: Principal,
  { operation, begun }: Batch,
  { courtesy, isTimeUp }: { readonly courtesy: Courtesy; readonly isTimeUp: () => boolean },
): Promise<RowResult[]> {
  const isForDatabase = operation.isDryRun || operation.status === 'CANCELING';
  const results: RowResult[] = [];
  const inTurn = async (rows: readonly BegunRow[]) => {
    for (const row of rows) {
      const { gate, gives } = gateOf(parts, caller.operatorId, isForDatabase || !callsOut(row));
      await gate(async () => {
        if (isTimeUp()) return;
        const began = performance.now();
        results.push(await (operation.status === 'CANCELING' ? askRow : runRow)(parts, operation, caller, row));
        if (gives) await pauseFor(courtesy.pauseMs(performance.now() - began));
      });
    }
  };
  const waiting = Map.groupBy(begun, sequenceOf).values();
  const track = async () => {
    for (const rows of waiting) await inTurn(rows);
  };
  const ended = await Promise.allSettled(Array.from({ length: TRACKS }, track));
  const broken = ended.find((each) => each.status === 'rejected');
  if (broken) throw broken.reason;
  return results;
}

/** What rows must not be carried out beside each other for: their agreement; those that make one have none yet. */
function sequenceOf({ line, asked: { wanted } }: BegunRow): string | number {
  return 'agreementId' in wanted ? wanted.agreementId : line;
}

/**
 * What is work for the database alone gives way where somebody is served; what a
 * payment system is asked for goes at that one's pace, which is slower.
 */
function gateOf({ gates, traffic }: BulkParts, operatorId: string, isLocal: boolean): Way {
  if (!isLocal) return { gate: (work) => gates.calling.through(operatorId, work), gives: false };
  const gives = traffic.isThere();
  const local = gives ? gates.giving : gates.local;
  return { gate: (work) => local.through(work), gives };
}

interface Way {
  readonly gate: (work: () => Promise<void>) => Promise<void>;
  readonly gives: boolean;
}

function callsOut({ asked }: BegunRow): boolean {
  switch (asked.mutation) {
    case 'createAgreement':
      return asked.wanted.payment !== null;
    case 'importAgreement':
      return 'token' in asked.wanted.credential;
    case 'chargeAgreement':
      return true;
    case 'updateAgreement':
      return false;
  }
}

/** In the name of the key that started it, and of its merchant alone: what is another's does not exist for its rows. */
function principalOf({ operatorId }: Hold, { merchantId, mode, apiKeyId }: BulkOperationRow): Principal {
  return { kind: 'MERCHANT', operatorId, merchantId, mode, scopes: new Set(), keyId: apiKeyId, orderId: null };
}

/**
 * A key that was revoked must not go on moving money: the operation is paused,
 * and goes on in the name of the key that resumes it. A suspended operator's
 * waits: nobody of it could resume anything.
 */
async function keyStanding(
  { keys, carriers }: BulkParts,
  { operatorId }: Hold,
  { apiKeyId }: BulkOperationRow,
): Promise<'IN_FORCE' | 'ENDED' | 'SUSPENDED'> {
  const key = await keys.byName({ operatorId, id: apiKeyId });
  if (key?.operatorStatus === 'SUSPENDED') return 'SUSPENDED';
  return key && isInForce(key, carriers.units.clock.now()) ? 'IN_FORCE' : 'ENDED';
}

async function pause(transaction: Transaction, { operationId, token }: Hold): Promise<void> {
  await changeOperation(transaction, operationId, (locked) => {
    if (locked.leaseToken !== token || locked.status !== 'RUNNING') return;
    advance(transaction, locked, 'pause');
    locked.dueAt = null;
    locked.rowsPerSecond = null;
  });
}

async function cancelAll({ carriers: { units }, lanes }: BulkParts, { operatorId, operationId }: Hold): Promise<void> {
  const step = () => units.sql(operatorId, (transaction) => cancelRows(transaction, operationId));
  while (!lanes.isStopping && (await step()) > 0);
}

async function keepRenewing({ carriers, onFailure }: BulkParts, hold: Hold, signal: AbortSignal): Promise<void> {
  const renew = (transaction: Transaction) =>
    changeOperation(transaction, hold.operationId, (locked) => renewed(transaction, locked, hold));
  try {
    for await (const _ of setInterval(RENEWED_EVERY_MS, null, { signal })) {
      await carriers.units.sql(hold.operatorId, renew).catch(onFailure);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function letGo(
  transaction: Transaction,
  { operationId, token }: Hold,
  lookAgainMs: number | null,
): Promise<void> {
  await changeOperation(transaction, operationId, (locked) => {
    if (locked.leaseToken !== token) return;
    locked.leaseToken = null;
    locked.leaseUntil = null;
    const isAtWork = locked.status === 'RUNNING' || locked.status === 'CANCELING';
    locked.dueAt = isAtWork ? later(transaction.now, lookAgainMs ?? TROUBLE_MS) : null;
  });
}
