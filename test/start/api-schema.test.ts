import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  parse,
  printSchema,
  validate,
  validateSchema,
} from 'graphql';
import { EXPLORER_EXAMPLES } from '../../src/app/explorer-examples.js';
import { buildApiSchema } from '../../src/app/schema.js';

interface Described {
  readonly path: string;
  readonly description: string | null | undefined;
}

/** Everything of the schema that is ours: types, fields, inputs, arguments, enum values and directives. */
function* elementsOf(schema: GraphQLSchema): Generator<Described> {
  for (const directive of schema.getDirectives()) {
    if (isSpecifiedDirective(directive)) continue;
    yield { path: `@${directive.name}`, description: directive.description };
    for (const { name, description } of directive.args) yield { path: `@${directive.name}.${name}`, description };
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue;
    yield { path: type.name, description: type.description };
    if (isEnumType(type)) {
      for (const { name, description } of type.getValues()) yield { path: `${type.name}.${name}`, description };
    } else if (isInputObjectType(type)) {
      for (const { name, description } of Object.values(type.getFields()))
        yield { path: `${type.name}.${name}`, description };
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const { name, description, args } of Object.values(type.getFields())) {
        const path = `${type.name}.${name}`;
        yield { path, description };
        for (const arg of args) yield { path: `${path}.${arg.name}`, description: arg.description };
      }
    }
  }
}

/** Words that add nothing to a name: "The order's status." says of `Order.status` what its name says. */
const EMPTY_WORDS = new Set('a an the this that its of in for by to is was are it s which what'.split(' '));

const wordsOf = (text: string): readonly string[] =>
  text
    .replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !EMPTY_WORDS.has(word));

/** Whether a description is missing, or has no word that the names before it do not have. */
function saysNothing({ path, description }: Described): boolean {
  const names = new Set(wordsOf(path));
  return wordsOf(description ?? '').every((word) => names.has(word));
}

describe('the schema of the API', () => {
  let schema: GraphQLSchema;

  beforeAll(async () => {
    schema = await buildApiSchema([]);
  });

  it('is valid', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('says of every element what its name does not', () => {
    const mute = [...elementsOf(schema)].filter(saysNothing);
    expect(mute.map(({ path, description }) => `${path}: ${description ?? 'no description'}`)).toEqual([]);
  });

  it.each([
    ['Order.status', undefined, true],
    ['Order.status', ' ', true],
    ['Order.status', "The order's status.", true],
    ['Mutation.captureOrder.input', 'Input of captureOrder', true],
    ['PaymentSystemKind.STRIPE', 'Stripe.', true],
    ['JSONObject', 'A JSON object.', true],
    ['Order.status', 'How it stands.', false],
  ])('takes %s "%s" for a repetition: %s', (path, description, repeats) => {
    expect(saysNothing({ path, description })).toBe(repeats);
  });

  it('is the one in schema.graphql', () => {
    const printed = printSchema(lexicographicSortSchema(schema));
    expect(readFileSync('schema.graphql', 'utf8').trim()).toBe(printed.trim());
  });

  it.each(EXPLORER_EXAMPLES.map(({ title, document }) => [title, document]))(
    'has what the explorer shows: %s',
    (_title, document) => {
      expect(validate(schema, parse(document))).toEqual([]);
    },
  );

  it('cannot be built with a resolver missing', async () => {
    await expect(buildApiSchema([{}])).rejects.toThrow('Not made: NodeResolver');
  });
});
