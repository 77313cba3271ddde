import 'reflect-metadata';
import { type GraphQLSchema, graphql } from 'graphql';
import type pg from 'pg';
import { buildSchema } from 'type-graphql';
import { ENTITIES } from '../../src/entities.js';
import * as tenancy from '../../src/features/tenancy/index.js';
import { systemClock } from '../../src/kernel/clock.js';
import { newUuid } from '../../src/kernel/ids.js';
import { urlFor } from '../../src/platform/database/migrate.js';
import { openOrm } from '../../src/platform/database/orm.js';
import { pipelinedPool } from '../../src/platform/database/pools.js';
import { ReadScope } from '../../src/platform/database/read-scope.js';
import { run, type Sql } from '../../src/platform/database/sql.js';
import { UnitsOfWork } from '../../src/platform/database/unit-of-work.js';
import { EventLog } from '../../src/platform/events/event-log.js';
import { formattedError } from '../../src/platform/graphql/errors.js';
import { NodeResolver } from '../../src/platform/graphql/node.resolver.js';
import { createLog } from '../../src/platform/logging/log.js';
import { generateMasterKey, MasterKeys } from '../../src/platform/secrets/master-keys.js';
import { createTestDatabase } from './database.js';
import { TEST_PASSWORDS } from './test-passwords.js';

export type Answer = Record<string, unknown>;

/** The tenancy feature as the product runs it, on a database of its own, without HTTP. */
export interface World {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly systemUrl: string;
  readonly app: pg.Pool;
  readonly system: Sql;
  readonly units: UnitsOfWork;
  readonly masterKeys: MasterKeys;
  readonly schema: GraphQLSchema;
  readonly watch: tenancy.PrincipalWatch;
  readonly uses: tenancy.KeyUses;
  readonly keys: tenancy.KnownKeys;
  /** Orders that createClientToken finds: another feature's business, so told by the test. */
  readonly visibleOrders: Set<string>;
  authenticate(authorization: string | undefined): Promise<tenancy.Principal>;
  /** The data of one request by the holder of `key`; a GraphQL error is thrown as `CODE: message`. */
  ask(key: string, query: string, variables?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

const log = createLog({ level: 'silent' });

export async function startWorld(
  serverUrl = process.env.TEST_POSTGRES_URL ?? '',
  masterKeys = MasterKeys.parse(generateMasterKey()),
): Promise<World> {
  const database = await createTestDatabase(serverUrl);
  const appUrl = urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app);
  const systemUrl = urlFor(database.url, 'quittance_system', TEST_PASSWORDS.system);
  const [app, systemPool] = [pipelinedPool(appUrl, 8), pipelinedPool(systemUrl, 4)];
  const system: Sql = { query: (statement, parameters) => run(systemPool, statement, parameters) };
  const orm = await openOrm({ url: appUrl, entities: ENTITIES });
  const units = new UnitsOfWork(orm, app, systemClock);
  const keys = new tenancy.KnownKeys(system, systemClock);
  const uses = new tenancy.KeyUses(units, log);
  const watch = new tenancy.PrincipalWatch(keys, log);
  const events = new EventLog({ app, system: systemPool, systemUrl, log });
  await events.start();
  events.listen((batch) => batch.forEach(watch.onTenancyEvent));
  const visibleOrders = new Set<string>();
  const schema = await schemaOf({ masterKeys, system, app, visibleOrders });
  const guesses = tenancy.guessLimit();
  const authenticate = (authorization: string | undefined) =>
    tenancy.authenticate({ keys, uses, masterKeys, guesses }, { authorization, address: '127.0.0.1' });

  const ask = async (key: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> => {
    const principal = await authenticate(`Bearer ${key}`);
    const contextValue = tenancy.newApiContext({ readPool: app, units, watch, events }, principal, newUuid());
    const { data, errors } = await graphql({ schema, source: query, variableValues: variables, contextValue });
    const [error] = errors ?? [];
    if (error) throw failure(error);
    events.kick();
    return JSON.parse(JSON.stringify(data)) as Answer;
  };

  const close = async () => {
    watch.stop();
    await uses.flush();
    await events.stop();
    await Promise.all([app.end(), systemPool.end(), orm.close(true)]);
    await database.drop();
  };
  const urls = { ownerUrl: database.url, appUrl, systemUrl };
  return {
    ...urls,
    app,
    system,
    units,
    masterKeys,
    schema,
    watch,
    uses,
    keys,
    visibleOrders,
    authenticate,
    ask,
    close,
  };
}

/** What a client would read, with the bug behind an INTERNAL for whoever mends it. */
function failure(error: unknown): Error {
  const { message, extensions } = formattedError(error, 'test', log);
  const text = `${String(extensions?.code)}: ${message}`;
  return new Error(extensions?.code === 'INTERNAL' ? `${text}\n${String((error as Error).stack)}` : text, {
    cause: error,
  });
}

interface SchemaParts extends Pick<World, 'masterKeys' | 'system' | 'app' | 'visibleOrders'> {}

function schemaOf({ masterKeys, system, app, visibleOrders }: SchemaParts): Promise<GraphQLSchema> {
  const reads = (operatorId: string) => new ReadScope(app, operatorId);
  const instances = new Map<unknown, object>([
    [tenancy.OperatorsResolver, new tenancy.OperatorsResolver({ masterKeys, system, reads })],
    [tenancy.OperatorFieldsResolver, new tenancy.OperatorFieldsResolver(reads)],
    [tenancy.MerchantsResolver, new tenancy.MerchantsResolver({ httpAllowed: false })],
    [tenancy.ApiKeysResolver, new tenancy.ApiKeysResolver(system)],
    [tenancy.SigningSecretsResolver, new tenancy.SigningSecretsResolver(masterKeys)],
    [
      tenancy.ClientTokensResolver,
      new tenancy.ClientTokensResolver({ masterKeys, orderIsVisible: async (_, id) => visibleOrders.has(id) }),
    ],
    [tenancy.ViewerResolver, new tenancy.ViewerResolver()],
    [NodeResolver, new NodeResolver(tenancy.nodeLoaders)],
  ]);
  return buildSchema({
    resolvers: [...instances.keys()] as [() => unknown, ...(() => unknown)[]],
    container: { get: (resolver) => instances.get(resolver) },
    authChecker: tenancy.scopeChecker,
    validate: false,
  });
}
