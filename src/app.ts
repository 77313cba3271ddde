import type { MikroORM } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { MIGRATIONS } from '../migrations/index.js';
import { BULK_RUN_JOB } from './app/bulk-jobs.js';
import { contexts, type RequestContext } from './app/contexts.js';
import { downloads } from './app/downloads.js';
import { EXPLORER_EXAMPLES } from './app/explorer-examples.js';
import { DEADLINE_JOBS, INBOX_JOB, recurringJobs } from './app/recurring-jobs.js';
import { resolversOf } from './app/resolvers.js';
import { buildApiSchema, NO_API } from './app/schema.js';
import {
  agreementsOfOrders,
  billingMeter,
  joinAgreement,
  onOrderStatusChanged,
  onStoredCredentialRemoved,
} from './features/agreements/index.js';
import { bulkMeter, LiveTraffic, templateRoutes, UploadLinks, uploadRoutes } from './features/bulk/index.js';
import { checkoutRoutes, pageForBadLink } from './features/checkout/index.js';
import { invoiceMeter, onInvoiceOrderChanged, onInvoiceRefund } from './features/invoices/index.js';
import { ledgerMeter, StatementLinks, statementRoutes } from './features/ledger/index.js';
import { FAN_OUT_JOB, Notifications, notificationMeter } from './features/notifications/index.js';
import {
  meterUnknown,
  OPERATION_STATUS_CHANGED,
  ORDER_STATUS_CHANGED,
  onKeysRotated,
  PaymentPageLinks,
} from './features/orders/index.js';
import { STORED_CREDENTIAL_REMOVED } from './features/payers/index.js';
import {
  DEFAULT_PACE,
  type InboxParts,
  KEYS_ROTATED,
  PaymentGateways,
  PaymentPace,
  paymentPageOrigin,
  type StripeOptions,
  WebhookAddress,
  webhookRoutes,
} from './features/payment-systems/index.js';
import {
  followTestClock,
  guessLimit,
  isServed,
  KeyUses,
  KnownKeys,
  loadTestClocks,
  PrincipalWatch,
} from './features/tenancy/index.js';
import type { Clock } from './kernel/clock.js';
import { assertMigrated } from './platform/database/migrated.js';
import { ReadScope } from './platform/database/read-scope.js';
import { run, type Sql } from './platform/database/sql.js';
import { UnitsOfWork } from './platform/database/unit-of-work.js';
import { Slots } from './platform/downloads/slots.js';
import { Egress } from './platform/egress/egress.js';
import type { DomainEvent } from './platform/events/domain-event.js';
import { EventLog } from './platform/events/event-log.js';
import { Reactions } from './platform/events/reactions.js';
import type { Rate } from './platform/graphql/rate-limit.js';
import { buildHttpServer, type HttpServer } from './platform/http/server.js';
import type { AgendaStore } from './platform/jobs/agenda-store.js';
import { JobRunner } from './platform/jobs/job-runner.js';
import { CLOSE } from './platform/live/live-socket.js';
import type { Log } from './platform/logging/log.js';
import { createMetrics, readGauge } from './platform/metrics/metrics.js';
import type { MasterKeys } from './platform/secrets/master-keys.js';

/** What differs between production, the home of a developer, and a test. */
export interface Adapters {
  readonly orm: MikroORM;
  /** As the application's role, pipelined. */
  readonly app: pg.Pool;
  /** As the role that reads across operators, pipelined. */
  readonly system: pg.Pool;
  readonly systemUrl: string;
  /** As the application's role, plain: for `copy`, which cannot be pipelined. */
  readonly copies: pg.Pool;
  readonly jobStore: AgendaStore;
  readonly masterKeys: MasterKeys;
  readonly stripe: StripeOptions;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  /** True where the payment system is the sandbox on this machine or in this network. */
  readonly stripeReachesLocalhost: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** True in a process that does what is due and answers nobody. */
  readonly healthOnly?: boolean;
  readonly introspection: boolean;
  readonly graphiql: boolean;
  /** Whether merchants' callback URLs may do without TLS. */
  readonly httpAllowed: boolean;
  /** Whether card data may pass through this deployment, which puts it in the scope of PCI DSS. */
  readonly cardDataAccepted: boolean;
  /** Where payment systems' pages are beside their own address, such as an operator's own domain at Stripe. */
  readonly paymentPageOrigins?: readonly string[];
  /** Charges a second of one payment system account; the payment system's own limits when absent. */
  readonly pace?: typeof DEFAULT_PACE;
  /** How long a receiver of notifications may take to answer; 10 seconds when absent. */
  readonly callbackDeadlineMs?: number;
  /** Requests per second and burst of one key; the edge's default when absent. */
  readonly rate?: Rate;
  /** How long requests may wait for the database before fewer are let in; the edge's default when absent. */
  readonly requestWaitMaxMs?: number;
  /** Addresses and networks of proxies that are believed whom they speak for; none when absent. */
  readonly trustedProxies?: readonly string[];
  /** Documents that may be called by their hash. */
  readonly trustedDocuments?: readonly string[];
}

export interface App {
  readonly http: HttpServer<RequestContext>;
  readonly jobs: JobRunner;
  readonly events: EventLog;
  readonly units: UnitsOfWork;
  /** Ends what this file started, when nobody is served any more. Pools belong to whoever opened them. */
  stop(): Promise<void>;
}

/** Wires the product together by hand: this file and those in `app/` are the whole object graph. */
export async function buildApp(adapters: Adapters): Promise<App> {
  const { orm, app, system, systemUrl, masterKeys, clock, log } = adapters;

  const events = new EventLog({ app, system, systemUrl, log });
  const reactions = new Reactions()
    .on(ORDER_STATUS_CHANGED, onOrderStatusChanged)
    .on(ORDER_STATUS_CHANGED, onInvoiceOrderChanged)
    .on(OPERATION_STATUS_CHANGED, onInvoiceRefund)
    .on(STORED_CREDENTIAL_REMOVED, onStoredCredentialRemoved)
    .on(KEYS_ROTATED, onKeysRotated);
  const units = new UnitsOfWork(orm, app, clock, reactions, (published) => {
    events.kick();
    // Before the answer is out: who has just revoked a key here is not to see it served once more.
    published.forEach(onEvent);
  });
  const acrossOperators: Sql = { query: (statement, parameters) => run(system, statement, parameters) };
  const scopedReads = (operatorId: string) => new ReadScope(app, operatorId);

  const keys = new KnownKeys(acrossOperators, clock);
  const uses = new KeyUses(units, log);
  const watch = new PrincipalWatch(keys, log);
  const onEvent = (event: DomainEvent) => {
    watch.onTenancyEvent(event);
    if (followTestClock(units.clocks, event)) for (const name of DEADLINE_JOBS) void jobs.wake(name);
  };
  events.listen((batch) => batch.forEach(onEvent));

  const onFailure = (error: unknown) => log.error({ err: error }, 'background work failed');
  const gateways = new PaymentGateways({ masterKeys, stripe: adapters.stripe, onUnexpected: onFailure });
  const wake = () => void jobs.wake(INBOX_JOB);
  const inbox: InboxParts = { units, system: acrossOperators, gateways, wake, onFailure };
  const carriers = { units, gateways, agreements: agreementsOfOrders };
  const metrics = createMetrics({ processMetrics: true });
  const heard = { name: 'event_listeners', help: 'Who hears the event log here: a few of our own, and subscriptions.' };
  readGauge(metrics.registry, { ...heard, read: () => events.listeners });
  meterUnknown(metrics.registry, acrossOperators, clock);
  const pace = new PaymentPace(units, adapters.pace);
  const address = new WebhookAddress(adapters.publicUrl, adapters.stripeReachesLocalhost);
  const connection = { units, system: acrossOperators, gateways, address, onFailure };
  const { callbackDeadlineMs: deadlineMs } = adapters;
  const egress = new Egress({ privateAllowed: adapters.httpAllowed, ...(deadlineMs !== undefined && { deadlineMs }) });
  const outside = { units, system: acrossOperators, masterKeys, egress, clock, onFailure };
  const notifications = new Notifications({ ...outside, meter: notificationMeter(metrics.registry) });
  const times = { now: () => clock.now(), nowOf: (operatorId: string) => units.nowOf(operatorId) };
  const inputRules = { httpUrlsAllowed: adapters.httpAllowed, cardDataAccepted: adapters.cardDataAccepted, ...times };
  const traffic = new LiveTraffic({ query: (statement, parameters) => run(app, statement, parameters) });
  const jobs = new JobRunner({
    jobs: recurringJobs({
      inbox,
      connection,
      carriers,
      pace,
      keys,
      rules: inputRules,
      notifications,
      meter: billingMeter(metrics.registry),
      ledgerMeter: ledgerMeter(metrics.registry),
      invoiceMeter: invoiceMeter(metrics.registry),
      bulkMeter: bulkMeter(metrics.registry),
      traffic,
    }),
    store: adapters.jobStore,
    log,
  });

  // Who only serves the API leaves it to those who do what is due: they hear the same.
  events.listen((batch) => {
    if (jobs.ticking && notifications.follower.hear(batch)) void jobs.wake(FAN_OUT_JOB);
  });

  const pageLinks = new PaymentPageLinks(masterKeys, adapters.publicUrl);
  const checkout = {
    units,
    carriers,
    system: acrossOperators,
    masterKeys,
    links: pageLinks,
    publicUrl: adapters.publicUrl,
    paymentOrigins: [paymentPageOrigin(adapters.stripe), ...(adapters.paymentPageOrigins ?? [])],
    httpUrlsAllowed: adapters.httpAllowed,
    onFailure,
  };
  const statementLinks = new StatementLinks(masterKeys, adapters.publicUrl);
  const served = { isServed: (operatorId: string) => isServed(scopedReads, operatorId) };
  const files = downloads({ ...adapters, ...served, units, pageLinks });
  const uploadLinks = new UploadLinks(masterKeys, adapters.publicUrl);
  // Rows are carried out by those who do what is due, beside whom nobody is answered.
  const wakeRun = () => void (jobs.ticking && jobs.wake(BULK_RUN_JOB));
  const uploads = { units, copies: adapters.copies, slots: new Slots(8, 4), wake: wakeRun, onFailure };
  const parts = {
    masterKeys,
    connection,
    carriers,
    acrossOperators,
    scopedReads,
    inputRules,
    pageLinks,
    statementLinks,
    downloads: files.resolvers,
    uploads,
    uploadLinks,
    joinAgreement,
    notifications: {
      ...outside,
      attend: notifications.deliveries.attend.bind(notifications.deliveries),
      httpAllowed: adapters.httpAllowed,
    },
  };
  const resolvers = resolversOf(parts);
  const endSocket = (context: RequestContext) =>
    void http.sockets.closeWhere((each) => each === context, CLOSE.forbidden, 'The key is no longer valid.');
  const http: HttpServer<RequestContext> = await buildHttpServer<RequestContext>({
    ...contexts({ keys, uses, masterKeys, guesses: guessLimit() }, { readPool: app, units, watch, events }, endSocket),
    schema: adapters.healthOnly ? NO_API : await buildApiSchema(resolvers),
    log,
    metrics,
    healthOnly: adapters.healthOnly ?? false,
    introspection: adapters.introspection,
    ...(adapters.rate && { rate: adapters.rate }),
    overload: {
      probe: () => app.query('select 1'),
      ...(adapters.requestWaitMaxMs !== undefined && { waitMaxMs: adapters.requestWaitMaxMs }),
    },
    trustedDocuments: adapters.healthOnly ? [] : (adapters.trustedDocuments ?? []),
    trustedProxies: adapters.trustedProxies ?? [],
    explorerExamples: adapters.graphiql ? EXPLORER_EXAMPLES : undefined,
    readiness: {
      database: async () => void (await system.query('select 1')),
      migrations: () => assertMigrated(system, MIGRATIONS),
      jobs: () => jobs.check(),
    },
    pageForBadAddress: pageForBadLink(checkout),
    routes: async (edge) => {
      webhookRoutes(inbox)(edge);
      statementRoutes({ units, links: statementLinks, ...served })(edge);
      files.routes(edge);
      uploadRoutes({ ...uploads, links: uploadLinks, keys })(edge);
      templateRoutes(edge);
      await edge.register(checkoutRoutes(checkout));
    },
  });

  http.app.server.on('request', (_request, response) => {
    traffic.served();
    response.once('finish', () => traffic.served());
  });
  await events.start();
  await loadTestClocks(acrossOperators, units.clocks);
  const stop = async () => {
    watch.stop();
    await notifications.stop();
    egress.stop();
    await events.stop();
    await uses.flush();
  };
  return { http, jobs, events, units, stop };
}
