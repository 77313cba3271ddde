import { Counter, type Registry } from 'prom-client';

/** What the months' run tells the operations staff. */
export interface InvoiceMeter {
  /** Drafts that were closed because their time had come. */
  readonly closed: Counter;
  /** Charges that were claimed: committed, and about to be sent. */
  readonly claimed: Counter;
  /** Charges that were sent, by what their order came to; `error` for those the reconciler takes over. */
  readonly carriedOut: Counter<'status'>;
  /** Invoices that could not be attended to and were put off for an hour: somebody has to look. */
  readonly putOff: Counter;
}

export function invoiceMeter(registry: Registry): InvoiceMeter {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name: `invoices_${name}_total`, help, registers });
  return {
    closed: counter('closed', 'Drafts that this process closed by themselves.'),
    claimed: counter('charges_claimed', 'Charges of invoices claimed by this process.'),
    carriedOut: new Counter({
      name: 'invoices_charges_carried_out_total',
      help: 'Charges of invoices sent to payment systems by this process, by what their order came to.',
      labelNames: ['status'],
      registers,
    }),
    putOff: counter('put_off', 'Times that this process failed at an invoice and put it off for an hour.'),
  };
}
