import type { Sql } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { PaymentGateways } from './gateways.js';

/** What receiving, polling and processing events take. */
export interface InboxParts {
  readonly units: UnitsOfWork;
  /** The system role's connection: it looks across operators and writes nothing. */
  readonly system: Sql;
  readonly gateways: PaymentGateways;
  /** Tells a worker that there is something to do; a hint, lost without harm. */
  readonly wake: (what: 'inbox') => void;
  /** Told of what went wrong for one account or event while the others went on. */
  readonly onFailure: (error: unknown) => void;
}
