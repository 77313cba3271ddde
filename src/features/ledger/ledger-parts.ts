import type { Sql } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { PaymentGateways } from '../payment-systems/index.js';

/** What reading the payment systems' accounting takes. */
export interface LedgerParts {
  readonly units: UnitsOfWork;
  /** The system role's connection: it looks across operators and writes nothing. */
  readonly system: Sql;
  readonly gateways: PaymentGateways;
  /** Told of what failed and must not hold up the rest. */
  readonly onFailure: (error: unknown) => void;
}
