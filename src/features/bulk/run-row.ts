import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '../../kernel/errors.js';
import { Rehearsed } from '../../platform/database/transaction.js';
import { masked } from '../../platform/graphql/masked.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import {
  type AgreementCaller,
  chargeAgreement,
  createAgreement,
  importAgreement,
  rehearseImport,
  updateAgreement,
} from '../agreements/index.js';
import type { Carriers, OrderFile } from '../orders/index.js';
import type { BulkOperationRow, RowProblem } from './bulk-rows.js';
import { brief } from './domain/brief-problem.js';
import { keptResultOf, type RowEffect } from './kept-result.js';
import type { RowResult } from './record-rows.js';
import type { RowAsked } from './row-checks.js';

/** A new agreement whose first payment the payment system would not take: unlike a decline, it is the row that is wrong. */
class FirstPaymentRefused extends Error {
  constructor(
    readonly effect: RowEffect,
    readonly problem: RowProblem,
  ) {
    super(problem.message);
  }
}

export interface RowParts {
  readonly carriers: Carriers;
  /** Told of what nobody expected; the row is told that something went wrong. */
  readonly onFailure: (error: unknown) => void;
}

/** A row that was begun: what it asks for, and for whom. */
export interface BegunRow {
  readonly line: number;
  readonly reference: string;
  readonly asked: RowAsked;
}

const NOTHING: RowEffect = { agreementId: null, orderId: null };

/**
 * What another try may get past is tried again so soon; what it does not get
 * past is told, and may be sent again. A charge of the same agreement that is
 * under way elsewhere takes as long as a payment system does.
 */
const PAUSES_MS = [250, 1_000];
const UNDER_WAY_PAUSES_MS = [250, 1_000, 2_500];

/**
 * Carries a row out by the very use case of the single mutation. Its key is made
 * of the reference, so that a row that was carried out and not recorded, because
 * its process died, finds what is there already.
 */
export async function runRow(
  parts: RowParts,
  operation: BulkOperationRow,
  caller: AgreementCaller,
  row: BegunRow,
): Promise<RowResult> {
  const request = requestOf(operation, row);
  for (let tries = 0; ; tries += 1) {
    try {
      const effect = operation.isDryRun
        ? await rehearse(parts.carriers, caller, row)
        : await carryOut(parts.carriers, caller, row.asked, request);
      return succeeded(row.line, effect);
    } catch (error) {
      if (error instanceof FirstPaymentRefused) return { ...failed(row.line, error.problem), ...error.effect };
      // A charge whose outcome is not known was made all the same: its order tells what becomes of it.
      const kept = operation.isDryRun ? null : await keptResultOf(parts.carriers.units, caller.operatorId, request);
      if (kept) return succeeded(row.line, kept);
      const refusal = error instanceof DomainError ? error : null;
      const pauseMs = (refusal?.code === 'OUTCOME_PENDING' ? UNDER_WAY_PAUSES_MS : PAUSES_MS)[tries];
      if (refusal?.retryable === false || pauseMs === undefined) {
        if (!refusal) parts.onFailure(error);
        return failed(row.line, refusal ? problemOf(refusal) : UNEXPECTED);
      }
      await pause(pauseMs);
    }
  }
}

/** Of a row that may have been begun: what came of it. Nothing is begun any more; what was not is CANCELED. */
export async function askRow(
  { carriers }: RowParts,
  operation: BulkOperationRow,
  { operatorId }: AgreementCaller,
  row: BegunRow,
): Promise<RowResult> {
  const kept = await keptResultOf(carriers.units, operatorId, requestOf(operation, row));
  if (kept) return succeeded(row.line, kept);
  return { line: row.line, outcome: 'CANCELED', problem: null, ...NOTHING };
}

/**
 * A name space of its own, of the merchant and mode: no key that a client makes
 * up meets these. It does not name the operation, so that two files with the
 * same row, of which one process died, do not carry it out twice.
 */
function requestOf({ merchantId, mode, kind }: BulkOperationRow, { reference, asked }: BegunRow): IdempotentRequest {
  const { mutation, input } = asked;
  return { owner: `bulk:${merchantId}:${mode}`, key: `${kind}:${reference}`, mutation, input };
}

async function carryOut(
  carriers: Carriers,
  caller: AgreementCaller,
  asked: RowAsked,
  request: IdempotentRequest,
): Promise<RowEffect> {
  switch (asked.mutation) {
    case 'createAgreement': {
      const { agreement, file } = await createAgreement(carriers, caller, asked.wanted, request);
      const effect = { agreementId: agreement.id, orderId: file.order.id };
      assertNotRefused(file, effect);
      return effect;
    }
    case 'importAgreement': {
      const agreement = await importAgreement(carriers, caller, asked.wanted, request);
      return { agreementId: agreement.id, orderId: null };
    }
    case 'chargeAgreement': {
      const { agreement, file } = await chargeAgreement(carriers, caller, asked.wanted, request);
      return { agreementId: agreement.id, orderId: file.order.id };
    }
    case 'updateAgreement': {
      const agreement = await updateAgreement(carriers, caller, asked.wanted, request);
      return { agreementId: agreement.id, orderId: null };
    }
  }
}

/** It is told that another reference is needed: that of an agreement is unique for ever, and this one was made. */
function assertNotRefused({ operations }: OrderFile, effect: RowEffect): void {
  const refused = operations.find(({ status }) => status === 'FAILED');
  if (!refused) return;
  const message =
    `the payment system did not take the first payment: ${refused.declineMessage ?? 'it did not say why'}; ` +
    'nothing was paid, and the agreement that was made stays without a means of payment: ' +
    'mend the row, and send it with another terms.reference';
  throw new FirstPaymentRefused(effect, { code: 'CREDENTIAL_UNUSABLE', message, retryable: false, issues: [] });
}

/** The same as far as it would be committed. `units` keep nothing, and end whatever comes that far by throwing. */
async function rehearse(carriers: Carriers, caller: AgreementCaller, { asked }: BegunRow): Promise<RowEffect> {
  const nothingKept = { ...carriers, units: carriers.units.rehearsing() };
  const once: IdempotentRequest = { owner: '', key: null, mutation: asked.mutation, input: asked.input };
  try {
    if (asked.mutation === 'importAgreement') await rehearseImport(nothingKept, caller, asked.wanted);
    else await carryOut(nothingKept, caller, asked, once);
  } catch (error) {
    if (error instanceof Rehearsed) return { ...NOTHING, agreementId: knownAgreement(asked) };
    throw error;
  }
  throw new Error(`a rehearsed ${asked.mutation} was carried out`);
}

function knownAgreement({ wanted }: RowAsked): string | null {
  return 'agreementId' in wanted ? wanted.agreementId : null;
}

export function succeeded(line: number, effect: RowEffect): RowResult {
  return { line, outcome: 'SUCCEEDED', problem: null, ...effect };
}

export function failed(line: number, problem: RowProblem): RowResult {
  return { line, outcome: 'FAILED', problem, ...NOTHING };
}

const UNEXPECTED: RowProblem = {
  code: 'OUTCOME_PENDING',
  message:
    'something went wrong that is not about this row, and it was not carried out; send the row again a little later',
  retryable: true,
  issues: [],
};

/** As the single mutation tells it, with the column for a path. */
export function problemOf({ code, message, retryable, issues }: DomainError): RowProblem {
  const atColumns = issues.map((issue) => ({ path: [issue.path.join('.')], message: issue.message }));
  return masked(brief({ code, message, retryable, issues: atColumns }));
}
