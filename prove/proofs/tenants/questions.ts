import { type GraphQLArgument, getNamedType, isInputObjectType, isObjectType } from 'graphql';
import type { IdKind } from '../../../src/kernel/ids.js';
import type { Json } from '../../../test/support/product.js';
import {
  type ApiField,
  idPlaces,
  inDocuments,
  type Literals,
  leaves,
  nodeTypes,
  objectType,
  objectTypes,
  rootFields,
} from './api.js';
import { kindOf, placed } from './holes.js';
import { BESIDE } from './inputs.js';
import { mutationDocument } from './world.js';

/** What stands for something of somebody's: an id of a kind, or a text by which a merchant knows it. */
export type Hole = IdKind | 'billNumber' | 'orderNumber' | 'payerReference' | 'agreementReference';

/** A document with one place for something that may be another's. */
export interface Question {
  readonly name: string;
  readonly document: string;
  readonly hole: Hole;
  variables(value: string): Json;
}

/** What somebody may select of a type, as found out before. */
export type Readable = (type: string) => readonly string[];

const lower = (name: string) => `${name[0]?.toLowerCase()}${name.slice(1)}` as IdKind;

/** All of every type that has ids, by `node`. */
export function nodeQuestions(readable: Readable): Question[] {
  return nodeTypes.flatMap((type) =>
    inDocuments(readable(type.name)).map((selected, index) => ({
      name: `node ${type.name} ${index}`,
      document: `query ($id: ID!) { node(id: $id) { __typename ... on ${type.name} { ${selected} } } }`,
      hole: lower(type.name),
      variables: (id: string) => ({ id }),
    })),
  );
}

/** Every id that an argument of a query's takes, at its root or in what it filters by. */
export function rootQuestions(readable: Readable, literals: Literals): Question[] {
  return rootFields('Query').flatMap((field) =>
    idPlaces(field).map(([name = '', ...path]) => {
      const argument = argumentOf(field, name);
      const rest = field.args
        .filter((each) => each !== argument && String(each.type).endsWith('!'))
        .map((each) => `, ${each.name}: ${literals[each.name]}`);
      return {
        name: `${field.name}(${[name, ...path].join('.')})`,
        document: `query ($v: ${argument.type}) { ${field.name}(${name}: $v${rest.join('')}) { ${briefly(field, readable)} } }`,
        hole: kindOf(field.name, [name, ...path]),
        variables: (id: string) => ({ v: placed(argument.type, undefined, path, id) }),
      };
    }),
  );
}

/** The same of fields below the root: totals and exports of a merchant, an agreement, a payer. */
export function nestedQuestions(own: { readonly merchant: string }): Question[] {
  const below = objectTypes.filter(({ name }) => !['Query', 'Mutation', 'Subscription'].includes(name));
  return below.flatMap((type) =>
    Object.values(type.getFields()).flatMap((field) =>
      idPlaces(field).map(([name = '', ...path]) => {
        const argument = argumentOf(field, name);
        const month = field.args.some((each) => each.name === 'month') ? ', month: "2026-11"' : '';
        const inner = getNamedType(field.type);
        const selected = inner.name === 'CsvExport' ? 'url' : leaves(objectType(inner.name), {});
        const root = type.name === 'Operator' ? 'operator' : `merchant(id: "${own.merchant}")`;
        if (!['Operator', 'Merchant'].includes(type.name))
          throw new Error(`how is ${type.name}.${field.name} reached?`);
        return {
          name: `${type.name}.${field.name}(${[name, ...path].join('.')})`,
          document: `query ($v: ${argument.type}) { ${root} { ${field.name}(${name}: $v${month}) { ${selected} } } }`,
          hole: kindOf(field.name, [name, ...path]),
          variables: (id: string) => ({ v: placed(argument.type, undefined, path, id) }),
        };
      }),
    ),
  );
}

const LIST = 'nodes { id } edges { cursor } pageInfo { endCursor }';

/** By what merchants call things, which another's may call alike. */
export function textQuestions(): Question[] {
  const asked: readonly (readonly [string, string, Hole, string])[] = [
    ['order(billNumber: $v)', 'id', 'billNumber', 'String'],
    ['orders(filter: { billNumber: $v })', LIST, 'billNumber', 'String'],
    ['orders(filter: { orderNumber: $v })', LIST, 'orderNumber', 'String'],
    ['payer(reference: $v)', 'id', 'payerReference', 'String'],
    ['agreement(reference: $v)', 'id', 'agreementReference', 'String'],
    ['agreements(filter: { reference: $v })', LIST, 'agreementReference', 'String'],
  ];
  return asked.map(([field, selected, hole, type]) => ({
    name: field,
    document: `query ($v: ${type}) { ${field} { ${selected} } }`,
    hole,
    variables: (v: string) => ({ v }),
  }));
}

/** Every id in every input of a mutation, amid what its owner would be taken. */
export function mutationQuestions(inputs: Readonly<Record<string, Json>>, literals: Literals): Question[] {
  return rootFields('Mutation').flatMap((field) => {
    const [input] = field.args;
    const base = inputs[field.name];
    if (!input || !base || !isInputObjectType(getNamedType(input.type))) throw new Error(`no input for ${field.name}`);
    return idPlaces(field).map(([, ...path]) => {
      const at = `${field.name}.${path.join('.')}`;
      return {
        name: at,
        document: mutationDocument(field.name, literals),
        hole: kindOf(field.name, path),
        variables: (id: string) => ({ input: placed(input.type, { ...base, ...BESIDE[at] }, path, id) }),
      };
    });
  });
}

/** Whatever has no id in it: what lists begin with is one's own. */
export function ownLists(readable: Readable): { readonly name: string; readonly document: string }[] {
  const lists = rootFields('Query').filter((field) => getNamedType(field.type).name.endsWith('Connection'));
  return lists.flatMap((field) => {
    const node = nodeOf(field);
    return inDocuments(readable(node)).map((selected, index) => ({
      name: `${field.name} ${index}`,
      document: `query ($after: String) { ${field.name}(first: 3, after: $after) { nodes { __typename ${selected} }
        edges { cursor node { __typename } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    }));
  });
}

function briefly(field: ApiField, readable: Readable): string {
  const inner = getNamedType(field.type);
  if (!inner.name.endsWith('Connection'))
    return `__typename ${isObjectType(inner) ? flat(readable, inner.name) : 'id'}`;
  return `nodes { __typename ${flat(readable, nodeOf(field))} } edges { cursor } pageInfo { hasNextPage endCursor }`;
}

function flat(readable: Readable, type: string): string {
  return (
    readable(type)
      .filter((piece) => !piece.includes('{'))
      .join(' ') || '__typename'
  );
}

function nodeOf(field: ApiField): string {
  return getNamedType(objectType(getNamedType(field.type).name).getFields().nodes?.type)?.name ?? '';
}

function argumentOf(field: ApiField, name: string): GraphQLArgument {
  const argument = field.args.find((each) => each.name === name);
  if (!argument) throw new Error(`${field.name} has no ${name}`);
  return argument;
}
