import { createHmac } from 'node:crypto';
import { fastify } from 'fastify';
import { type GraphQLSchema, graphql } from 'graphql';
import { buildSchema } from 'type-graphql';
import { ENTITIES } from '../../../src/entities.js';
import {
  type ConnectionParts,
  type InboxHandlers,
  type InboxParts,
  OperatorAccountsResolver,
  PaymentGateways,
  PaymentSystemsResolver,
  paymentSystemNodeLoaders,
  WebhookAddress,
  webhookRoutes,
} from '../../../src/features/payment-systems/index.js';
import * as tenancy from '../../../src/features/tenancy/index.js';
import { type Clock, later } from '../../../src/kernel/clock.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { openOrm } from '../../../src/platform/database/orm.js';
import { ReadScope } from '../../../src/platform/database/read-scope.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { formattedError } from '../../../src/platform/graphql/errors.js';
import { NodeResolver } from '../../../src/platform/graphql/node.resolver.js';
import { rawRoutes } from '../../../src/platform/http/raw-routes.js';
import { createLog } from '../../../src/platform/logging/log.js';
import { startStripeSandbox } from '../../../src/stripe-sandbox/index.js';
import { type Answer, startWorld, type World } from '../../support/tenancy-world.js';

/** Real time, moved ahead at will, together with the sandbox's. */
class MovableClock implements Clock {
  #aheadMs = 0;

  constructor(private readonly sandbox: Awaited<ReturnType<typeof startStripeSandbox>>) {}

  now(): Date {
    return later(new Date(), this.#aheadMs);
  }

  advance(ms: number): void {
    this.#aheadMs += ms;
    this.sandbox.control.advanceClock({ seconds: ms / 1000 });
  }
}

export const HOUR_MS = 3_600_000;

export type PaymentWorld = Awaited<ReturnType<typeof startPaymentWorld>>;

/** Tenancy and payment systems as the product runs them, with a sandbox that sends its webhooks to a real port. */
export async function startPaymentWorld({ canReachLocalhost = true } = {}) {
  const world = await startWorld();
  const sandbox = await startStripeSandbox();
  const clock = new MovableClock(sandbox);
  const orm = await openOrm({ url: world.appUrl, entities: ENTITIES, poolMax: 2 });
  const units = new UnitsOfWork(orm, world.app, clock);
  const logged: string[] = [];
  const log = createLog({ level: 'trace', destination: { write: (line: string) => void logged.push(line) } });
  const onFailure = (error: unknown) => log.error({ err: error }, 'failed');
  const { hostname, port } = new URL(sandbox.url);
  const gateways = new PaymentGateways({
    masterKeys: world.masterKeys,
    stripe: { host: hostname, port: Number(port), protocol: 'http', timeoutMs: 1_000 },
    onUnexpected: onFailure,
  });
  const woken: string[] = [];
  const inbox: InboxParts = { units, system: world.system, gateways, onFailure, wake: (what) => woken.push(what) };

  const web = fastify();
  await web.register(rawRoutes(webhookRoutes(inbox)));
  const url = await web.listen({ port: 0, host: '127.0.0.1' });
  const settings = { unsettled: false };
  const parts = {
    ...inbox,
    address: new WebhookAddress(url, canReachLocalhost),
    hasUnsettledOrders: async () => settings.unsettled,
  };
  const schema = await schemaOf(world, parts);
  const ask = asker(world, schema, onFailure);
  const asked: World = { ...world, units, schema, ask };
  return {
    ...asked,
    sandbox,
    clock,
    gateways,
    inbox,
    parts,
    settings,
    woken,
    logged,
    url,
    async close() {
      await Promise.all([web.close(), sandbox.close(), orm.close(true)]);
      await world.close();
    },
  };
}

function schemaOf(
  { masterKeys, system, app }: World,
  parts: ConnectionParts & { hasUnsettledOrders(): Promise<boolean> },
): Promise<GraphQLSchema> {
  const reads = (operatorId: string) => new ReadScope(app, operatorId);
  const resolvers: object[] = [
    new tenancy.OperatorsResolver({ masterKeys, system, reads }),
    new tenancy.MerchantsResolver({ httpAllowed: false }),
    new tenancy.ApiKeysResolver(system),
    new PaymentSystemsResolver(parts),
    new OperatorAccountsResolver(parts.address),
    new NodeResolver({ ...tenancy.nodeLoaders, ...paymentSystemNodeLoaders(parts.address) }),
  ];
  const instances = new Map<unknown, object>(resolvers.map((resolver) => [resolver.constructor, resolver]));
  return buildSchema({
    resolvers: [...instances.keys()] as [() => unknown, ...(() => unknown)[]],
    container: { get: (resolver) => instances.get(resolver) },
    authChecker: tenancy.scopeChecker,
    validate: false,
  });
}

function asker(world: World, schema: GraphQLSchema, onFailure: (error: unknown) => void): World['ask'] {
  const log = createLog({ level: 'silent' });
  return async (key, source, variableValues = {}) => {
    const principal = await world.authenticate(`Bearer ${key}`);
    const { watch, app, units } = world;
    const events = { kick() {}, listen: () => () => undefined } as never;
    const contextValue = tenancy.newApiContext({ readPool: app, units, watch, events }, principal, newUuid());
    const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
    const [error] = errors ?? [];
    if (!error) return JSON.parse(JSON.stringify(data)) as Answer;
    onFailure(error);
    const { message, extensions } = formattedError(error, 'test', log);
    throw new Error(`${String(extensions?.code)}: ${message}\n${String(error.originalError?.stack)}`);
  };
}

/** The header as Stripe makes it. */
export function signed(body: string, secret: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${signature}`;
}

/** Handlers that note what they were given for one account and answer as they are told. */
export function notingHandlers(accountUuid: string) {
  const given: string[] = [];
  const answers: { next: () => Promise<'done' | 'unknown-object' | 'foreign'> } = { next: async () => 'done' };
  const note = (kind: string) => async (account: { id: string }, id?: string, paymentId?: string) => {
    if (account.id !== accountUuid) return 'done';
    given.push([kind, id, paymentId].filter(Boolean).join(' '));
    return answers.next();
  };
  const handlers: InboxHandlers = {
    payment: note('payment'),
    refund: note('refund'),
    dispute: note('dispute'),
    verification: note('verification'),
    credential: note('credential'),
    mandate: note('mandate'),
    page: note('page'),
    payout: note('payout'),
    movement: note('movement'),
  };
  return { handlers, given, answers };
}
