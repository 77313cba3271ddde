import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

/** What the product's users see; a check of the build holds it to what the program serves. */
export const API = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));

export type ApiField = GraphQLField<unknown, unknown>;

export const objectTypes: readonly GraphQLObjectType[] = Object.values(API.getTypeMap()).filter(
  (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
);

export function objectType(name: string): GraphQLObjectType {
  const type = API.getType(name);
  if (!isObjectType(type)) throw new Error(`the schema has no type ${name}`);
  return type;
}

export function rootFields(root: 'Query' | 'Mutation' | 'Subscription'): readonly ApiField[] {
  return Object.values(objectType(root).getFields());
}

/** The types that `node(id)` finds. */
export const nodeTypes: readonly GraphQLObjectType[] = objectTypes.filter((type) =>
  type.getInterfaces().some(({ name }) => name === 'Node'),
);

/** Literals for arguments that have to be given, by name, and for sizes of pages. */
export type Literals = Readonly<Record<string, string>>;

/** As a document mentions the field: with what it cannot do without, and small pages. */
export function called(field: ApiField, literals: Literals): string {
  const given = field.args.flatMap((argument) => {
    const literal = literals[argument.name];
    if (argument.name === 'first') return ['first: 5'];
    if (!isRequiredArgument(argument)) return [];
    if (literal === undefined) throw new Error(`no value for ${field.name}(${argument.name})`);
    return [`${argument.name}: ${literal}`];
  });
  return given.length > 0 ? `${field.name}(${given.join(', ')})` : field.name;
}

/** Whether objects of it have no identity and lead to nothing that has: amounts, schedules, balances. */
const values = new Map<string, boolean>();
function isValue(type: GraphQLNamedType): boolean {
  if (isLeafType(type)) return true;
  if (!isObjectType(type) || nodeTypes.includes(type)) return false;
  const known = values.get(type.name);
  if (known !== undefined) return known;
  // Where it leads back to itself, the rest decides.
  values.set(type.name, true);
  const is = Object.values(type.getFields()).every(({ type: inner }) => isValue(getNamedType(inner)));
  values.set(type.name, is);
  return is;
}

/** The fields of an object as texts to select, each with what is below it; `depth` is how many objects follow each other. */
export function selections(type: GraphQLObjectType, depth: number, literals: Literals): string[] {
  const composite = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (isLeafType(inner) || (depth <= 0 && !isValue(inner))) return [];
    return [`${called(field, literals)} { ${below(inner, depth - 1, literals)} }`];
  });
  return [leaves(type, literals), ...composite].filter((text) => text !== '');
}

/** What of an object is no object itself. */
export function leaves(type: GraphQLObjectType, literals: Literals): string {
  const fields = Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)));
  return fields.map((field) => called(field, literals)).join(' ');
}

function below(type: GraphQLNamedType, depth: number, literals: Literals): string {
  if (isAbstractType(type)) {
    const kinds = API.getPossibleTypes(type);
    if (kinds.length > 3) return '__typename id';
    return `__typename ${kinds.map((kind) => `... on ${kind.name} { ${below(kind, depth, literals)} }`).join(' ')}`;
  }
  if (!isObjectType(type)) throw new Error(`nothing is below ${type.name}`);
  if (!type.name.endsWith('Connection')) {
    const inside = selections(type, depth, literals);
    return inside.length > 0 ? inside.join(' ') : '__typename';
  }
  const node = getNamedType(type.getFields().nodes?.type) as GraphQLObjectType;
  const page = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  return `${page} edges { cursor node { __typename } } nodes { ${below(node, depth, literals)} }`;
}

/** The server reads no document of more. */
const TOKENS_MAX = 1_700;

/** In as few selections as the server's limits allow. */
export function inDocuments(pieces: readonly string[]): string[] {
  const documents: string[] = [];
  let tokens = Number.POSITIVE_INFINITY;
  for (const piece of pieces) {
    const more = piece.match(/\w+|[^\s\w]/g)?.length ?? 0;
    if (tokens + more > TOKENS_MAX) {
      documents.push(piece);
      tokens = more;
    } else {
      documents[documents.length - 1] += ` ${piece}`;
      tokens += more;
    }
  }
  return documents;
}

/** The places in arguments, or in inputs, at which an id is wanted: `["input", "payer", "id"]`. */
export function idPlaces(field: ApiField): string[][] {
  return field.args.flatMap(({ name, type }) => placesIn(type, []).map((path) => [name, ...path]));
}

function placesIn(type: GraphQLInputType, seen: readonly string[]): string[][] {
  const inner = getNamedType(type);
  if (inner.name === 'ID') return [[]];
  if (!isInputObjectType(inner) || seen.includes(inner.name)) return [];
  return Object.values(inner.getFields()).flatMap((field) =>
    placesIn(field.type, [...seen, inner.name]).map((path) => [field.name, ...path]),
  );
}
