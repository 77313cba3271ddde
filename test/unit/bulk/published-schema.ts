import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema } from 'graphql';

let schema: GraphQLSchema | null = null;

/** The API as it is published: `npm run check:schema` holds it to the resolvers. */
export function publishedSchema(): GraphQLSchema {
  schema ??= buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
  return schema;
}
