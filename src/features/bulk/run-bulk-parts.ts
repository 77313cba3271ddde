import type { Sql } from '../../platform/database/sql.js';
import type { OperatorLanes } from '../../platform/jobs/operator-lanes.js';
import { AtOnce } from '../agreements/index.js';
import type { Carriers, InputRules } from '../orders/index.js';
import type { PaymentPace } from '../payment-systems/index.js';
import type { KnownKeys } from '../tenancy/index.js';
import type { BulkMeter } from './bulk-meter.js';
import { FairShare } from './fair-share.js';
import type { LiveTraffic } from './live-traffic.js';

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
  readonly traffic: Pick<LiveTraffic, 'isThere'>;
}

/** What all files that a process works on may have on their way together. */
export interface BulkGates {
  /** Files themselves: of one operator a few are under way, so that many of them do not starve the others'. */
  readonly files: Pick<FairShare, 'through'>;
  /** Rows that wait for a payment system most of their time, at the pace of its account; of each operator so many. */
  readonly calling: Pick<FairShare, 'through'>;
  /** Rows that are work for the database alone, while nobody is served. */
  readonly local: AtOnce;
  /** The same where somebody is, whose the database is before it is theirs. */
  readonly giving: AtOnce;
}

export function bulkGates(): BulkGates {
  return { files: new FairShare(4), calling: new FairShare(16), local: new AtOnce(8), giving: new AtOnce(1) };
}
