import type { Json, Shop } from '../../support/product.js';

interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType: TypeRef | null;
}

interface InputField {
  readonly name: string;
  readonly type: TypeRef;
}

export interface RootField {
  readonly name: string;
  readonly args: readonly InputField[];
  readonly type: TypeRef;
}

interface SchemaType {
  readonly kind: string;
  readonly name: string;
  readonly fields: readonly RootField[] | null;
  readonly inputFields: readonly InputField[] | null;
  readonly enumValues: readonly { readonly name: string }[] | null;
}

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }';

/** The schema as its users see it, to write tests over all of it. */
export class Schema {
  private constructor(
    private readonly types: ReadonlyMap<string, SchemaType>,
    readonly queries: readonly RootField[],
    readonly mutations: readonly RootField[],
  ) {}

  static async of(client: Shop): Promise<Schema> {
    const { __schema } = await client.ask<{
      __schema: { types: SchemaType[]; queryType: { name: string }; mutationType: { name: string } };
    }>(`{ __schema { queryType { name } mutationType { name } types { kind name enumValues { name }
      inputFields { name type { ${TYPE} } } fields { name type { ${TYPE} } args { name type { ${TYPE} } } } } } }`);
    const types = new Map(__schema.types.map((type) => [type.name, type]));
    const rootFields = (name: string) => types.get(name)?.fields ?? [];
    return new Schema(types, rootFields(__schema.queryType.name), rootFields(__schema.mutationType.name));
  }

  /** The paths into a mutation's input at which a value of one of these scalars is wanted. */
  pathsTo(mutation: RootField, scalars: readonly string[]): string[][] {
    const [input] = mutation.args;
    return input ? this.pathsIn(named(input.type), scalars, []) : [];
  }

  /** The same for a query's arguments; the first name is the argument's. */
  pathsToArguments(query: RootField, scalars: readonly string[]): string[][] {
    return query.args.flatMap(({ name, type }) => {
      const inner = named(type);
      if (scalars.includes(inner)) return [[name]];
      return this.pathsIn(inner, scalars, []).map((path) => [name, ...path]);
    });
  }

  /** A query with one argument given as a variable, and what it answers counted or named. */
  queryWith(query: RootField, argument: string): string {
    const type = query.args.find(({ name }) => name === argument)?.type ?? query.type;
    const selection = named(query.type).endsWith('Connection') ? 'nodes { __typename }' : '__typename';
    const inner = query.type.kind === 'SCALAR' ? '' : `{ ${selection} }`;
    return `query ($value: ${printed(type)}) { ${query.name}(${argument}: $value) ${inner} }`;
  }

  private pathsIn(typeName: string, scalars: readonly string[], seen: readonly string[]): string[][] {
    const fields = this.types.get(typeName)?.inputFields ?? [];
    return fields.flatMap(({ name, type }) => {
      const inner = named(type);
      if (scalars.includes(inner)) return [[name]];
      if (seen.includes(inner)) return [];
      return this.pathsIn(inner, scalars, [...seen, typeName]).map((path) => [name, ...path]);
    });
  }

  /** The least input that the schema takes with `value` at the path, and everything asked for beside it. */
  inputWith(mutation: RootField, path: readonly string[], value: unknown, fill: Fill): Json {
    const [input] = mutation.args;
    return this.objectWith(named(input?.type), path, value, fill);
  }

  private objectWith(typeName: string, [head, ...rest]: readonly string[], value: unknown, fill: Fill): Json {
    const object: Json = {};
    for (const field of this.types.get(typeName)?.inputFields ?? []) {
      const inner = named(field.type);
      const isInput = this.types.get(inner)?.kind === 'INPUT_OBJECT';
      const make = (): unknown => {
        if (field.name === head) return rest.length === 0 ? value : this.objectWith(inner, rest, value, fill);
        const given = fill[`${typeName}.${field.name}`];
        if (given !== undefined) return given;
        return isInput ? this.objectWith(inner, [], value, fill) : this.filled(field.name, inner, fill);
      };
      if (field.name === head || field.type.kind === 'NON_NULL') object[field.name] = listed(field.type, make());
    }
    return object;
  }

  private filled(field: string, type: string, fill: Fill): unknown {
    const given = fill[field] ?? fill[type];
    if (given !== undefined) return given;
    return this.types.get(type)?.enumValues?.[0]?.name;
  }

  /** The name of the payload beside Problem in a mutation's result. */
  document(mutation: RootField): string {
    const [input] = mutation.args;
    return `mutation ($input: ${named(input?.type)}!) { ${mutation.name}(input: $input) { __typename
      ... on Problem { code message retryable issues { path message } } } }`;
  }
}

/** Values for required fields, by "Type.field", by the field's name, or by the scalar's. */
export type Fill = Readonly<Record<string, unknown>>;

export function named(type: TypeRef | null | undefined): string {
  let inner = type;
  while (inner?.ofType) inner = inner.ofType;
  return inner?.name ?? '';
}

function printed(type: TypeRef): string {
  if (type.kind === 'NON_NULL') return `${type.ofType ? printed(type.ofType) : ''}!`;
  if (type.kind === 'LIST') return `[${type.ofType ? printed(type.ofType) : ''}]`;
  return type.name ?? '';
}

function listed(type: TypeRef, value: unknown): unknown {
  let inner: TypeRef | null = type;
  while (inner) {
    if (inner.kind === 'LIST') return [value];
    inner = inner.ofType;
  }
  return value;
}
