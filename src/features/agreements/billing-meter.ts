import { Counter, Gauge, type Registry } from 'prom-client';

/** What the billing run tells the operations staff. */
export interface BillingMeter {
  /** Charges that were claimed: committed, and about to be sent. */
  readonly claimed: Counter;
  /** Charges that were sent, by what their order came to; `error` for those the reconciler takes over. */
  readonly carriedOut: Counter<'status'>;
  /** How long the oldest agreement of all operators had been due when the last run began; 0 when nothing was. */
  readonly lagSeconds: Gauge;
}

export function billingMeter(registry: Registry): BillingMeter {
  const registers = [registry];
  return {
    claimed: new Counter({
      name: 'billing_charges_claimed_total',
      help: 'Charges claimed by this process.',
      registers,
    }),
    carriedOut: new Counter({
      name: 'billing_charges_carried_out_total',
      help: 'Charges sent to payment systems by this process, by what their order came to.',
      labelNames: ['status'],
      registers,
    }),
    lagSeconds: new Gauge({
      name: 'billing_lag_seconds',
      help: 'How long the oldest agreement had been due when the last run began; 0 when nothing was.',
      registers,
    }),
  };
}
