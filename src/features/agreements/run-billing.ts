import type { Sql } from '../../platform/database/sql.js';
import type { OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import type { Carriers, OrderFile } from '../orders/index.js';
import type { PaymentPace } from '../payment-systems/index.js';
import { OPERATORS_WITH_DUE } from './agreements-sql.js';
import { AtOnce } from './at-once.js';
import { attendAgreement } from './attend-agreement.js';
import { type BillingBatch, claimBatch } from './billing-batch.js';
import type { BillingMeter } from './billing-meter.js';
import { carryOutAttempts } from './carry-out-attempts.js';
import { withFreeNumbers } from './free-numbers.js';

export interface BillingParts {
  readonly carriers: Carriers;
  readonly system: Sql;
  readonly lanes: OperatorLanes;
  readonly pace: PaymentPace;
  readonly onFailure: (error: unknown) => void;
  readonly meter: BillingMeter;
}

/** So many charges of one operator are on their way at once. */
const AT_ONCE = 24;

/** Each takes a connection to the database, of which others want some too. */
const ATTENDED_AT_ONCE = 4;

/**
 * Charges what is due, each operator on a lane of its own: one with a hundred
 * thousand due holds up nobody with ten. A lane claims no more than it can
 * send soon, so that little is left over for the reconciler should it die.
 */
export async function runBilling(parts: BillingParts): Promise<number> {
  const { carriers, system, lanes } = parts;
  const now = carriers.units.clock.now();
  const due = await system.query<{ operatorId: string; lagSeconds: number }>(OPERATORS_WITH_DUE, [now]);
  parts.meter.lagSeconds.set(Math.max(0, ...due.map(({ lagSeconds }) => lagSeconds)));
  return lanes.work(
    due.map(({ operatorId }) => ({ operatorId, id: operatorId })),
    ({ operatorId }) => billOperator(parts, operatorId),
  );
}

async function billOperator(parts: BillingParts, operatorId: string): Promise<void> {
  const { units } = parts.carriers;
  const onTheirWay = new AtOnce(AT_ONCE);
  try {
    while (!parts.lanes.isStopping) {
      // Asked before the claim: what ends beside it may make the next period due after the claim has looked.
      const wasBusy = onTheirWay.isBusy;
      const batch = await withFreeNumbers((areTaken) => units.sql(operatorId, (tx) => claimBatch(tx, areTaken)));
      parts.meter.claimed.inc(batch.files.length);
      if (batch.claimed > 0) await carryOutBatch(parts, operatorId, batch, onTheirWay);
      // An outcome may make the next period due.
      else if (wasBusy) await onTheirWay.ended();
      else return;
    }
  } finally {
    await onTheirWay.ended();
  }
}

async function carryOutBatch(
  parts: BillingParts,
  operatorId: string,
  { files, others }: BillingBatch,
  onTheirWay: AtOnce,
): Promise<void> {
  const sending = { ...parts, onSent: (status: string) => parts.meter.carriedOut.inc({ status }) };
  await carryOutAttempts(sending, operatorId, files, onTheirWay);
  const attempts: OrderFile[] = [];
  const waiting = others.values();
  const track = async () => {
    for (const agreementId of waiting) {
      const file = await attendAgreement(parts.carriers, operatorId, agreementId).catch(parts.onFailure);
      if (file) attempts.push(file);
    }
  };
  await Promise.all(Array.from({ length: Math.min(ATTENDED_AT_ONCE, others.length) }, track));
  await carryOutAttempts(sending, operatorId, attempts, onTheirWay);
}
