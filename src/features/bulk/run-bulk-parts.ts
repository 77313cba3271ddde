import type { Sql } from '../../platform/database/sql.js';
import type { OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { AtOnce } from '../agreements/index.js';
import type { Carriers, InputRules } from '../orders/index.js';
import type { PaymentPace } from '../payment-systems/index.js';
import type { KnownKeys } from '../tenancy/index.js';
import type { BulkMeter } from './bulk-meter.js';

export interface BulkParts {
  readonly carriers: Carriers;
  readonly system: Sql;
  readonly lanes: OperatorLanes;
  readonly pace: PaymentPace;
  readonly keys: KnownKeys;
  readonly rules: InputRules;
  readonly meter: BulkMeter;
  readonly onFailure: (error: unknown) => void;
  readonly gates: BulkGates;
}

/** What all files that a process works on may have on their way together. */
export interface BulkGates {
  /** Rows that wait for a payment system most of their time, at the pace of its account. */
  readonly calling: AtOnce;
  /** Rows that are work for the database alone, which is live traffic's before it is theirs. */
  readonly local: AtOnce;
}

export function bulkGates(): BulkGates {
  return { calling: new AtOnce(16), local: new AtOnce(1) };
}
