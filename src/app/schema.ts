import type { GraphQLSchema } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import {
  OperationResolver,
  OrderLiveResolver,
  OrderMutationsResolver,
  OrderQueriesResolver,
} from '../features/orders/index.js';
import { PayersResolver } from '../features/payers/index.js';
import { OperatorAccountsResolver, PaymentSystemsResolver } from '../features/payment-systems/index.js';
import {
  ApiKeysResolver,
  ClientTokensResolver,
  MerchantsResolver,
  OperatorFieldsResolver,
  OperatorsResolver,
  scopeChecker,
  ViewerResolver,
} from '../features/tenancy/index.js';
import { NodeResolver } from '../platform/graphql/node.resolver.js';
import { readPlainFieldsAsProperties } from '../platform/graphql/plain-fields.js';
import { pubSubStub } from '../platform/graphql/pub-sub-stub.js';

/** Every resolver of the API by its class, which is all that the schema's text needs. */
const RESOLVERS: NonEmptyArray<new (...parts: never[]) => object> = [
  NodeResolver,
  ViewerResolver,
  OperatorsResolver,
  OperatorFieldsResolver,
  MerchantsResolver,
  ApiKeysResolver,
  ClientTokensResolver,
  PaymentSystemsResolver,
  OperatorAccountsResolver,
  PayersResolver,
  OrderQueriesResolver,
  OrderMutationsResolver,
  OrderLiveResolver,
  OperationResolver,
];

/**
 * The API over these resolvers, made by hand: type-graphql would make them
 * itself, without what they need. Without any, the schema can only be printed.
 */
export async function buildApiSchema(resolvers: readonly object[]): Promise<GraphQLSchema> {
  const made = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const missing = RESOLVERS.filter((type) => resolvers.length > 0 && !made.has(type));
  if (missing.length > 0) throw new Error(`Not made: ${missing.map(({ name }) => name).join(', ')}.`);
  const schema = await buildSchema({
    resolvers: RESOLVERS,
    container: { get: (type) => made.get(type) },
    authChecker: scopeChecker,
    pubSub: pubSubStub,
    validate: false,
  });
  readPlainFieldsAsProperties(schema);
  return schema;
}
