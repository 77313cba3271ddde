import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { lexicographicSortSchema, parse, printSchema, validate } from 'graphql';
import { EXPLORER_EXAMPLES } from '../../src/app/explorer-examples.js';
import { buildApiSchema } from '../../src/app/schema.js';

describe('the schema of the API', () => {
  it('is the one in schema.graphql', async () => {
    const printed = printSchema(lexicographicSortSchema(await buildApiSchema([])));
    expect(readFileSync('schema.graphql', 'utf8').trim()).toBe(printed.trim());
  });

  it.each(EXPLORER_EXAMPLES.map(({ title, document }) => [title, document]))(
    'has what the explorer shows: %s',
    async (_title, document) => {
      expect(validate(await buildApiSchema([]), parse(document))).toEqual([]);
    },
  );

  it('cannot be built with a resolver missing', async () => {
    await expect(buildApiSchema([{}])).rejects.toThrow('Not made: NodeResolver');
  });
});
