import type { AccountRow } from '../payment-systems/index.js';
import type { OperationRow, OrderFile } from './order-rows.js';

/** A committed intent: what is asked of the order, before anybody outside hears of it. */
export interface Claim {
  readonly file: OrderFile;
  readonly operation: OperationRow | null;
  /** False when there is nothing to send: it was done before, or nothing needs to be sent. */
  readonly toCarryOut: boolean;
  /** The order's account, where claiming read it anyway. */
  readonly account?: AccountRow;
}
