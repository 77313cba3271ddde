import type { GraphQLSchema } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import { scopeChecker } from '../features/tenancy/index.js';
import { NodeResolver } from '../platform/graphql/node.resolver.js';
import { pubSubStub } from '../platform/graphql/pub-sub-stub.js';

/** Every resolver of the API. */
const RESOLVERS: NonEmptyArray<new (...parts: never[]) => object> = [NodeResolver];

/** The API over these resolvers, made by hand; type-graphql would make them itself, without what they need. */
export function buildApiSchema(resolvers: readonly object[]): Promise<GraphQLSchema> {
  const made = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const missing = RESOLVERS.filter((type) => resolvers.length > 0 && !made.has(type));
  if (missing.length > 0) throw new Error(`Not given: ${missing.map(({ name }) => name).join(', ')}.`);
  return buildSchema({
    resolvers: RESOLVERS,
    container: { get: (type) => made.get(type) },
    authChecker: scopeChecker,
    pubSub: pubSubStub,
    validate: false,
  });
}
