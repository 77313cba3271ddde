import 'reflect-metadata';
import { type AddressInfo, createServer } from 'node:net';
import { buildApp } from '../../src/app.js';
import { ENTITIES } from '../../src/entities.js';
import { createApiKey, PLATFORM, SCOPES_BY_KIND } from '../../src/features/tenancy/index.js';
import type { Clock } from '../../src/kernel/clock.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { urlFor } from '../../src/platform/database/migrate.js';
import { openOrm } from '../../src/platform/database/orm.js';
import { pipelinedPool, plainPool } from '../../src/platform/database/pools.js';
import type { Rate } from '../../src/platform/graphql/rate-limit.js';
import { createLog } from '../../src/platform/logging/log.js';
import { generateMasterKey, MasterKeys } from '../../src/platform/secrets/master-keys.js';
import { startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { createTestDatabase } from './database.js';
import { TEST_PASSWORDS } from './test-passwords.js';

export type Json = Record<string, unknown>;

/** Real time, moved ahead at will: what waits for days need not be waited for. */
class MovableClock implements Clock {
  #aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  advance(seconds: number): void {
    this.#aheadMs += seconds * 1000;
  }
}

export type Product = Awaited<ReturnType<typeof startProduct>>;

/** More than any test asks for in a second. */
export const PLENTY: Rate = { perSecond: 100_000, burst: 100_000 };

export interface ProductOptions {
  /** The log's level; tests that look at the log give a stream. */
  readonly logTo?: { write(line: string): void };
  readonly database?: { readonly url: string; drop(): Promise<void> };
  readonly sandbox?: Awaited<ReturnType<typeof startStripeSandbox>>;
  readonly masterKey?: string;
  /** Whether certified merchants may send card data. */
  readonly cardDataAccepted?: boolean;
  /** How long an answer of Stripe's is waited for: short where it does not come, long where it comes late. */
  readonly stripeTimeoutMs?: number;
  /** Whether tenants may name http and this machine; as in production when false. */
  readonly httpAllowed?: boolean;
  /** How long a receiver of notifications may take. */
  readonly callbackDeadlineMs?: number;
  /** Requests of one key: tests that try thousands of inputs are to hear what each is answered, and not that they are many. */
  readonly rate?: Rate;
  /** Connections for what is done for one operator: as many as are to stand in the middle of a transaction at once. */
  readonly connections?: number;
}

/** The whole product on a database of its own, with a sandbox of its own, reached over HTTP as users reach it. */
export async function startProduct(options: ProductOptions = {}) {
  const database = options.database ?? (await createTestDatabase(process.env.TEST_POSTGRES_URL ?? ''));
  const sandbox = options.sandbox ?? (await startStripeSandbox());
  const appUrl = urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app);
  const systemUrl = urlFor(database.url, 'quittance_system', TEST_PASSWORDS.system);
  const app = pipelinedPool(appUrl, options.connections ?? 8);
  const system = pipelinedPool(systemUrl, 4);
  const copies = plainPool(appUrl, 8);
  const orm = await openOrm({ url: appUrl, entities: ENTITIES, poolMax: 4 });
  const clock = new MovableClock();
  const masterKey = options.masterKey ?? generateMasterKey();
  const log = createLog(logOptions(options));
  const stripe = new URL(sandbox.url);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const built = await buildApp({
    orm,
    app,
    system,
    systemUrl,
    copies,
    jobStore: { kind: 'postgres', url: appUrl },
    masterKeys: MasterKeys.parse(masterKey),
    stripe: {
      host: stripe.hostname,
      port: Number(stripe.port),
      protocol: 'http',
      timeoutMs: options.stripeTimeoutMs ?? 1500,
    },
    clock,
    log,
    introspection: true,
    graphiql: true,
    httpAllowed: options.httpAllowed ?? true,
    cardDataAccepted: options.cardDataAccepted ?? false,
    publicUrl: url,
    stripeReachesLocalhost: true,
    // Tests are told what they ask for, however much else the machine has to do.
    requestWaitMaxMs: 60_000,
    ...(options.rate && { rate: options.rate }),
    ...(options.callbackDeadlineMs !== undefined && { callbackDeadlineMs: options.callbackDeadlineMs }),
  });
  await built.http.listen({ port, host: '127.0.0.1' });

  const platformKey = await built.units.run(PLATFORM, async (uow) => {
    const { secret } = await createApiKey(
      uow,
      {
        kind: 'PLATFORM',
        merchantId: null,
        mode: 'TEST',
        name: 'tests',
        scopes: [...SCOPES_BY_KIND.PLATFORM],
        expiresAt: null,
      },
      null,
    );
    return secret ?? '';
  });

  return {
    url,
    database,
    sandbox,
    clock,
    built,
    system,
    app,
    masterKey,
    platform: new Client(url, platformKey),
    /** Does all that waits to be done, until nothing does: webhooks delivered, taken in, unknowns asked for. */
    async settle(): Promise<void> {
      for (let round = 0; round < 4; round += 1) {
        await sandbox.control.settleWebhooks();
        await built.jobs.wake('payment-systems.process-inbox');
        await built.jobs.wake('orders.reconcile');
        await built.jobs.wake('orders.watch-deadlines');
        await built.jobs.wake('ledger.sweep-movements');
        await built.jobs.wake('ledger.attend-movements');
      }
    },
    /** Moves both clocks: ours and the payment system's. */
    advance(seconds: number): void {
      clock.advance(seconds);
      sandbox.control.advanceClock({ seconds });
    },
    async close(): Promise<void> {
      await built.http.drain();
      await built.jobs.drain(2000);
      await built.stop();
      await Promise.all([app.end(), system.end(), copies.end(), orm.close(true)]);
      if (!options.sandbox) await sandbox.close();
      if (!options.database) await database.drop();
    },
  };
}

/** `TEST_LOG=debug npm test …` shows what the product logs. */
function logOptions({ logTo }: ProductOptions) {
  if (logTo) return { level: 'trace', destination: logTo };
  return { level: process.env.TEST_LOG ?? 'silent', destination: process.stderr };
}

/** The product tells Stripe its address before it listens, so the port is chosen first. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Somebody who talks to the API over HTTP with a key. */
export class Client {
  constructor(
    readonly url: string,
    readonly key: string,
  ) {}

  /** The whole answer, errors included, with the HTTP status. */
  async raw(query: string, variables: Json = {}, headers: Record<string, string> = {}) {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.key}`, ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { data?: Json | null; errors?: { message: string; extensions: Json }[] };
    return { status: response.status, ...body };
  }

  /** The data; an error of the API fails the test with its message. */
  async ask<Data = Json>(query: string, variables: Json = {}): Promise<Data> {
    const { data, errors } = await this.raw(query, variables);
    if (errors) throw new Error(`${errors[0]?.extensions?.code}: ${errors[0]?.message}`);
    return data as Data;
  }

  /** The result of one mutation with an input; `selection` is asked of its payload. */
  async do<Result = Json>(mutation: string, input: Json, selection: string): Promise<Result> {
    const name = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}`;
    const data = await this.ask(
      `mutation ($input: ${name}Input!) { ${mutation}(input: $input) {
        ... on ${name}Payload { ${selection} }
        ... on Problem { code message retryable issues { path message } } } }`,
      { input },
    );
    return data[mutation] as Result;
  }
}

const ORDER = `id billNumber orderNumber status amount { amount currency } authorizedAmount { amount } capturedAmount { amount }
  refundedAmount { amount } capturableAmount { amount } refundableAmount { amount } captureBefore source storedOnFile
  nextAction { redirectUrl clientSecret }
  operations { type status amount { amount } reason declineCode retryAdvice transactions { type status amount { amount } externalId } }`;

export interface OrderView {
  readonly id: string;
  readonly billNumber: string;
  readonly orderNumber: string;
  readonly status: string;
  readonly amount: { amount: string; currency: string };
  readonly authorizedAmount: { amount: string };
  readonly capturedAmount: { amount: string };
  readonly refundedAmount: { amount: string };
  readonly capturableAmount: { amount: string };
  readonly refundableAmount: { amount: string };
  readonly captureBefore: string | null;
  readonly source: string | null;
  readonly storedOnFile: string | null;
  readonly nextAction: { redirectUrl: string | null; clientSecret: string | null } | null;
  readonly operations: {
    type: string;
    status: string;
    amount: { amount: string };
    reason: string | null;
    declineCode: string | null;
    retryAdvice: string | null;
    transactions: { type: string; status: string; amount: { amount: string }; externalId: string | null }[];
  }[];
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly issues: { path: string[]; message: string }[];
}

export type OrderResult = { order: OrderView; operation: { status: string; amount: { amount: string } } } & Refusal;

let orders = 0;

/** A merchant's integration: makes orders and does things to them. */
export class Shop extends Client {
  constructor(
    url: string,
    key: string,
    readonly id: string,
    readonly operator: Client & { readonly id: string },
    readonly stripe: { accountId: string; secretKey: string; publishableKey: string },
  ) {
    super(url, key);
  }

  createOrder(input: Json = {}): Promise<OrderResult> {
    orders += 1;
    const defaults = { orderNumber: `order-${orders}`, amount: { amount: '100.00', currency: 'USD' } };
    return this.do('createOrder', { ...defaults, ...input }, `order { ${ORDER} }`);
  }

  /** An order paid in one stage. */
  sale(input: Json = {}): Promise<OrderResult> {
    return this.createOrder({ payment: pay('pm_card_visa'), ...input });
  }

  /** An order whose money is held. */
  async hold(input: Json = {}): Promise<OrderView> {
    const { order } = await this.sale({ captureMode: 'MANUAL', ...input });
    return order;
  }

  payOrder(orderId: string, token = 'pm_card_visa', more: Json = {}): Promise<OrderResult> {
    return this.do('payOrder', { orderId, payment: pay(token), ...more }, `order { ${ORDER} }`);
  }

  capture(orderId: string, input: Json = {}): Promise<OrderResult> {
    return this.do('captureOrder', { orderId, ...input }, `order { ${ORDER} } operation { status amount { amount } }`);
  }

  cancel(orderId: string, input: Json = {}): Promise<OrderResult> {
    return this.do('cancelOrder', { orderId, ...input }, `order { ${ORDER} } operation { status amount { amount } }`);
  }

  increase(orderId: string, amount: string, input: Json = {}): Promise<OrderResult> {
    return this.do(
      'increaseAuthorization',
      { orderId, amount, ...input },
      `order { ${ORDER} } operation { status amount { amount } }`,
    );
  }

  async order(id: string): Promise<OrderView> {
    const { order } = await this.ask<{ order: OrderView }>(`query ($id: ID!) { order(id: $id) { ${ORDER} } }`, { id });
    return order;
  }

  /** The steps that a cancellation would take: "VOID 40.00, REFUND 60.00". */
  async plan(id: string, amount?: string): Promise<string> {
    const { order } = await this.ask<{
      order: { cancellationPlan: { steps: { type: string; amount: { amount: string } }[] } };
    }>(
      'query ($id: ID!, $amount: Decimal) { order(id: $id) { cancellationPlan(amount: $amount) { steps { type amount { amount } } } } }',
      { id, amount },
    );
    return order.cancellationPlan.steps.map(({ type, amount }) => `${type} ${amount.amount}`).join(', ');
  }
}

export function pay(token: string, more: Json = {}): Json {
  return { credential: { token }, ...more };
}

/** An operator with a connected Stripe account and one merchant. */
export async function aShop(product: Product, features: Json = {}): Promise<Shop> {
  const operator = await anOperator(product);
  const stripe = product.sandbox.control.createAccount({ features });
  await connect(operator, stripe);
  return aMerchant(product, operator, stripe);
}

export async function anOperator(product: Product): Promise<Client & { readonly id: string; readonly uuid: string }> {
  const made = await product.platform.do<{ secret: string; operator: { id: string } }>(
    'createOperator',
    { name: 'Operator' },
    'secret operator { id }',
  );
  const { id } = made.operator;
  return Object.assign(new Client(product.url, made.secret), { id, uuid: uuidOf('operator', id) ?? '' });
}

export async function connect(
  operator: Client,
  stripe: { secretKey: string; publishableKey: string },
): Promise<string> {
  const { secretKey, publishableKey } = stripe;
  const made = await operator.do<{ account?: { id: string }; message?: string }>(
    'connectPaymentSystem',
    { secretKey, publishableKey },
    'account { id }',
  );
  if (!made.account) throw new Error(made.message);
  return made.account.id;
}

export async function aMerchant(
  product: Product,
  operator: Client & { readonly id: string },
  stripe: Shop['stripe'],
  input: Json = {},
): Promise<Shop> {
  const { merchant } = await operator.do<{ merchant: { id: string } }>(
    'createMerchant',
    { name: 'Shop', ...input },
    'merchant { id }',
  );
  const { secret } = await operator.do<{ secret: string }>(
    'createApiKey',
    { name: 'shop', merchantId: merchant.id },
    'secret',
  );
  return new Shop(product.url, secret, merchant.id, operator, stripe);
}
