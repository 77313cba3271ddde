import 'reflect-metadata';
import { type GraphQLEnumType, GraphQLObjectType, GraphQLSchema, graphqlSync, parse } from 'graphql';
import { buildApiSchema } from '../../src/app/schema.js';
import { TrustedDocuments } from '../../src/platform/graphql/trusted-documents.js';

/** A schema that answers the source it was asked with, if a resolver sees it as it is to. */
async function echo(): Promise<GraphQLSchema> {
  const type = (await buildApiSchema([])).getType('TransactionSource') as GraphQLEnumType;
  const source = {
    type,
    args: { of: { type } },
    resolve: (_: unknown, { of }: { readonly of?: unknown }) => {
      if (of !== 'CALL_CENTER') throw new Error(`a resolver saw ${String(of)}`);
      return of;
    },
  };
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { source } }) });
}

describe('the source CALL_CENTER', () => {
  it.each(['CALL_CENTER', 'CALL_CENTRE'])(
    'may be written %s, is one value inside, and answered as CALL_CENTER',
    async (of) => {
      const schema = await echo();
      const literal = `{ source(of: ${of}) }`;
      const variable = 'query ($of: TransactionSource) { source(of: $of) }';
      const answered = { data: { source: 'CALL_CENTER' } };
      expect(graphqlSync({ schema, source: literal })).toEqual(answered);
      expect(graphqlSync({ schema, source: variable, variableValues: { of } })).toEqual(answered);

      const trusted = new TrustedDocuments(schema, (text) => ({ text, document: parse(text) }));
      const run = (text: string) => trusted.get(trusted.register(text)).execute({}, { of });
      expect(await run(literal)).toEqual(answered);
      expect(await run(variable)).toEqual(answered);
    },
  );
});
