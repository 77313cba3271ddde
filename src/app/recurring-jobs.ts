import { type BillingMeter, runBilling } from '../features/agreements/index.js';
import type { BulkMeter, LiveTraffic } from '../features/bulk/index.js';
import { attendInvoices, type InvoiceMeter, refreshDrafts } from '../features/invoices/index.js';
import { type LedgerMeter, type LedgerParts, ledgerInboxHandlers } from '../features/ledger/index.js';
import type { Notifications } from '../features/notifications/index.js';
import {
  type Carriers,
  type InputRules,
  orderInboxHandlers,
  reconcileOrders,
  watchDeadlines,
} from '../features/orders/index.js';
import { attendCredentials, payerInboxHandlers } from '../features/payers/index.js';
import {
  type ConnectionParts,
  fetchUndeliveredEvents,
  forgetOldInboxEvents,
  type InboxHandlers,
  type InboxParts,
  type PaymentPace,
  pollEvents,
  processInbox,
  retireWebhookEndpoints,
  updateWebhookEndpoints,
} from '../features/payment-systems/index.js';
import type { KnownKeys } from '../features/tenancy/index.js';
import type { Sql } from '../platform/database/sql.js';
import type { UnitsOfWork } from '../platform/database/unit-of-work.js';
import { forgetOldIdempotencyKeys } from '../platform/idempotency/forget-old-idempotency-keys.js';
import { OperatorLanes } from '../platform/jobs/operator-lanes.js';
import type { RecurringJob } from '../platform/jobs/recurring-job.js';
import { allOperators } from './all-operators.js';
import { bulkJobs } from './bulk-jobs.js';
import { hasUnsettledMoney } from './has-unsettled-money.js';
import { ledgerJobs } from './ledger-jobs.js';

/** Woken by webhooks; the clock finds what waits for a later try. */
export const INBOX_JOB = 'payment-systems.process-inbox';

/** What waits for a time of the operators' own, which may come all at once when a test clock is moved. */
export const DEADLINE_JOBS = [
  'agreements.bill',
  'invoices.attend',
  'invoices.refresh-drafts',
  'orders.reconcile',
  'orders.watch-deadlines',
  'ledger.attend-movements',
] as const;

/** A backlog is worked off within one run, but what fails to move must not make a run go on for ever. */
const ROUNDS_MAX = 20;

export interface JobParts {
  readonly inbox: InboxParts;
  readonly connection: ConnectionParts;
  readonly carriers: Carriers;
  readonly pace: PaymentPace;
  readonly keys: KnownKeys;
  readonly rules: InputRules;
  readonly notifications: Notifications;
  readonly meter: BillingMeter;
  readonly ledgerMeter: LedgerMeter;
  readonly invoiceMeter: InvoiceMeter;
  readonly bulkMeter: BulkMeter;
  readonly traffic: LiveTraffic;
}

/** Everything that happens by the clock. Nights are UTC's, when none of it is in anybody's way. */
export function recurringJobs({
  inbox,
  connection,
  carriers,
  pace,
  keys,
  rules,
  notifications,
  meter,
  ledgerMeter,
  invoiceMeter,
  bulkMeter,
  traffic,
}: JobParts): readonly RecurringJob[] {
  const { units, system, onFailure } = inbox;
  const ledger: LedgerParts = { units, system, gateways: carriers.gateways, onFailure };
  const handlers = inboxHandlers(carriers, ledger);
  const newLanes = () => new OperatorLanes(onFailure);
  const lanes = {
    inbox: newLanes(),
    reconcile: newLanes(),
    watch: newLanes(),
    billing: newLanes(),
    invoices: newLanes(),
    credentials: newLanes(),
  };
  const processEvents = () => processInbox(inbox, handlers, lanes.inbox);
  const reconcile = () => reconcileOrders(carriers, system, lanes.reconcile);
  const watch = () => watchDeadlines(carriers, system, lanes.watch);
  const bill = () => runBilling({ carriers, system, pace, meter, onFailure, lanes: lanes.billing });
  const invoices = () =>
    attendInvoices({ carriers, system, pace, meter: invoiceMeter, onFailure, lanes: lanes.invoices });
  const attend = () => attendCredentials(carriers, system, lanes.credentials);
  const retireWebhooks = () => retireWebhookEndpoints({ ...connection, hasUnsettledOrders: hasUnsettledMoney });
  return [
    { name: INBOX_JOB, everySeconds: 2, handler: whileAnyIsDue(processEvents) },
    { name: 'orders.reconcile', everySeconds: 2, handler: whileAnyIsDue(reconcile) },
    { name: 'orders.watch-deadlines', everySeconds: 5, handler: whileAnyIsDue(watch) },
    { name: 'agreements.bill', everySeconds: 5, handler: whileAnyIsDue(bill), onStop: () => lanes.billing.stop() },
    {
      name: 'invoices.attend',
      everySeconds: 5,
      handler: whileAnyIsDue(invoices),
      onStop: () => lanes.invoices.stop(),
    },
    { name: 'invoices.refresh-drafts', cron: '7 * * * *', handler: () => refreshDrafts({ units, system, onFailure }) },
    { name: 'payers.attend-credentials', everySeconds: 5, handler: whileAnyIsDue(attend) },
    { name: 'payment-systems.poll-events', everySeconds: 5, handler: () => pollEvents(inbox) },
    { name: 'payment-systems.fetch-undelivered', everySeconds: 300, handler: () => fetchUndeliveredEvents(inbox) },
    { name: 'payment-systems.retire-webhooks', everySeconds: 60, handler: retireWebhooks },
    { name: 'payment-systems.update-webhooks', everySeconds: 600, handler: () => updateWebhookEndpoints(inbox) },
    { name: 'payment-systems.forget-events', cron: '41 3 * * *', handler: () => forgetEvents(inbox) },
    ...ledgerJobs({ ...ledger, meter: ledgerMeter }, newLanes, whileAnyIsDue),
    ...bulkJobs({ carriers, system, pace, keys, rules, meter: bulkMeter, traffic, onFailure }, whileAnyIsDue),
    ...notifications.jobs,
    { name: 'idempotency.forget-keys', cron: '17 3 * * *', handler: () => forgetKeys(units, system) },
  ];
}

/** Who does what about a payment system's events. */
function inboxHandlers(carriers: Carriers, parts: LedgerParts): InboxHandlers {
  const orders = orderInboxHandlers(carriers);
  const ledger = ledgerInboxHandlers(parts);
  return {
    ...orders,
    ...payerInboxHandlers(carriers),
    ...ledger,
    // A dispute moves money that no order waits for: its movement is looked for at once.
    dispute: async (account, externalId, paymentId) => {
      const outcome = await orders.dispute(account, externalId, paymentId);
      if (outcome === 'done') await ledger.movement(account);
      return outcome;
    },
  };
}

/** For work that takes so many at a time and tells how many it found. */
function whileAnyIsDue(work: () => Promise<number>): () => Promise<void> {
  return async () => {
    for (let round = 1; round <= ROUNDS_MAX; round += 1) if ((await work()) === 0) return;
  };
}

async function forgetEvents(inbox: InboxParts): Promise<void> {
  await forgetOldInboxEvents(inbox);
}

async function forgetKeys(units: UnitsOfWork, acrossOperators: Sql): Promise<void> {
  for (const id of await allOperators(acrossOperators)) await units.sql(id, forgetOldIdempotencyKeys);
}
