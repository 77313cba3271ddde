import { setTimeout as pause } from 'node:timers/promises';
import { statement } from '../../platform/database/sql.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { AccountRow } from './account-sql.js';
import type { PaymentSystemMode } from './payment-system-account.entity.js';

/** Payments a second. Stripe takes 25 calls a second of an endpoint in test mode and 100 live; the rest is for the payers. */
export const DEFAULT_PACE: Readonly<Record<PaymentSystemMode, number>> = { TEST: 20, LIVE: 80 };

/** Takes so many turns from where the last ones end. By the database's clock: the workers' own may be apart. */
const RESERVE = statement(
  'payment_paces_reserve',
  `insert into payment_paces as p (operator_id, account_id, free_at)
   values ($1, $2, clock_timestamp() + $3::float8 * interval '1 millisecond')
   on conflict (operator_id, account_id) do update
     set free_at = greatest(p.free_at, clock_timestamp()) + $3::float8 * interval '1 millisecond'
   returning (extract(epoch from free_at - clock_timestamp()) * 1000 - $3::float8)::float8 as "startsInMs"`,
);

/** The turns that a caller has reserved, one after the other. */
export interface Turns {
  /** Resolves when the next one has come. */
  next(): Promise<void>;
}

/**
 * Keeps the charges of all workers together within what an account's payment
 * system takes. Turns are reserved a batch at a time, in the database.
 */
export class PaymentPace {
  constructor(
    private readonly units: UnitsOfWork,
    private readonly perSecond: Readonly<Record<PaymentSystemMode, number>> = DEFAULT_PACE,
  ) {}

  async reserve({ operatorId, id, mode }: AccountRow, count: number): Promise<Turns> {
    const everyMs = 1000 / this.perSecond[mode];
    const [reserved] = await this.units.sql(operatorId, (transaction) =>
      transaction.query<{ startsInMs: number }>(RESERVE, [operatorId, id, count * everyMs]),
    );
    let waitMs = reserved?.startsInMs ?? 0;
    const began = performance.now();
    return {
      next: async () => {
        const due = waitMs;
        waitMs += everyMs;
        const leftMs = due - (performance.now() - began);
        if (leftMs > 1) await pause(leftMs);
      },
    };
  }
}
