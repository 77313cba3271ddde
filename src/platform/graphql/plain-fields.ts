import { type GraphQLSchema, isObjectType } from 'graphql';

type Class = new (...parts: never[]) => object;

interface Decorated {
  readonly target: unknown;
  readonly fieldName: string;
}

interface FieldMetadata {
  readonly target: unknown;
  readonly name: string;
  readonly schemaName: string;
}

/** The parts of type-graphql's metadata that are read here: it is kept on the global object, and no type of it is exported. */
interface Metadata {
  readonly objectTypes: readonly {
    readonly name: string;
    readonly target: Class;
    readonly interfaceClasses?: readonly Class[];
  }[];
  readonly fields: readonly FieldMetadata[];
  readonly fieldResolvers: readonly {
    readonly kind: 'internal' | 'external';
    readonly target: Class;
    readonly methodName: string;
    readonly getObjectType?: () => Class;
  }[];
  readonly authorizedFields: readonly Decorated[];
  readonly middlewares: readonly Decorated[];
}

/**
 * Has properties and getters read as what they are. type-graphql gives each of
 * them a resolver, and graphql-jit then makes an `info` for every call and asks
 * whether a promise came back, where it would compile a property to a property.
 * A field that somebody
 * guarded, renamed or resolves by a method keeps its resolver.
 */
export function readPlainFieldsAsProperties(schema: GraphQLSchema): void {
  const metadata = (globalThis as unknown as { readonly TypeGraphQLMetadataStorage?: Metadata })
    .TypeGraphQLMetadataStorage;
  if (!metadata) throw new Error('type-graphql keeps its metadata elsewhere than it did');
  for (const { name, target, interfaceClasses = [] } of metadata.objectTypes) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    const classes = [...classesOf(target), ...interfaceClasses];
    const resolved = resolvedFields(metadata, classes);
    for (const field of Object.values(type.getFields())) if (!resolved.has(field.name)) delete field.resolve;
  }
}

/** The names of the fields of a class that are more than a property of it. */
function resolvedFields(metadata: Metadata, classes: readonly unknown[]): ReadonlySet<string> {
  const decorated = [...metadata.authorizedFields, ...metadata.middlewares].filter((each) =>
    classes.includes(each.target),
  );
  const methods = metadata.fieldResolvers.filter(({ kind, target, methodName, getObjectType }) =>
    kind === 'external'
      ? classes.includes(getObjectType?.())
      : classes.includes(target) && isMethod(target, methodName),
  );
  const renamed = metadata.fields.filter((each) => classes.includes(each.target) && each.name !== each.schemaName);
  return new Set([
    ...decorated.map(({ fieldName }) => fieldName),
    ...methods.map(({ methodName }) => methodName),
    ...renamed.map(({ schemaName }) => schemaName),
  ]);
}

function isMethod({ prototype }: Class, name: string): boolean {
  return typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function';
}

function classesOf(target: Class): readonly unknown[] {
  const parent = Object.getPrototypeOf(target) as Class | null;
  return parent === null || parent === Function.prototype ? [target] : [target, ...classesOf(parent)];
}
