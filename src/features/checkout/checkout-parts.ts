import type { Sql } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import type { Carriers, PaymentPageLinks } from '../orders/index.js';

/** What the hosted page is put together from. */
export interface CheckoutParts {
  readonly units: UnitsOfWork;
  readonly carriers: Carriers;
  /** Across operators: a form names its merchant alone. */
  readonly system: Sql;
  readonly masterKeys: MasterKeys;
  readonly links: PaymentPageLinks;
  /** Where payers reach us; no slash at the end. */
  readonly publicUrl: string;
  /** Whose pages payers are sent on to: origins that a form of ours may lead to. */
  readonly paymentOrigins: readonly string[];
  readonly httpUrlsAllowed: boolean;
  readonly onFailure: (error: unknown) => void;
}
