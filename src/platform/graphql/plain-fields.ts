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
    readonly kind: string;
    readonly target: Class;
    readonly methodName: string;
    readonly getObjectType: () => Class;
  }[];
  readonly authorizedFields: readonly Decorated[];
  readonly middlewares: readonly Decorated[];
  /** Decorated as a whole. */
  readonly authorizedResolver: readonly { readonly target: unknown }[];
  readonly resolverMiddlewares: readonly { readonly target: unknown }[];
}

/** What each entry of these lists must have. A release of type-graphql that renames one must not take guards away. */
const FORM: Readonly<Record<keyof Metadata, Readonly<Record<string, 'string' | 'function'>>>> = {
  objectTypes: { name: 'string', target: 'function' },
  fields: { target: 'function', name: 'string', schemaName: 'string' },
  fieldResolvers: { kind: 'string', target: 'function', methodName: 'string', getObjectType: 'function' },
  authorizedFields: { target: 'function', fieldName: 'string' },
  middlewares: { target: 'function', fieldName: 'string' },
  authorizedResolver: { target: 'function' },
  resolverMiddlewares: { target: 'function' },
};

/**
 * Has properties and getters read as what they are. type-graphql gives each of
 * them a resolver, and graphql-jit then makes an `info` for every call and asks
 * whether a promise came back, where it would compile a property to a property:
 * of a page of 20 orders that is half of the CPU. A field that somebody
 * guarded, renamed or resolves by a method keeps its resolver. Throws where it
 * cannot be known which these are.
 */
export function readPlainFieldsAsProperties(schema: GraphQLSchema, storage: unknown = globalStorage()): void {
  const metadata = understood(storage);
  for (const { name, target, interfaceClasses = [] } of metadata.objectTypes) {
    const type = schema.getType(name);
    if (!isObjectType(type)) continue;
    const classes = [...classesOf(target), ...interfaceClasses.flatMap(classesOf)];
    const asAWhole = [...metadata.authorizedResolver, ...metadata.resolverMiddlewares];
    if (asAWhole.some((each) => classes.includes(each.target))) continue;
    const resolved = resolvedFields(metadata, classes);
    for (const field of Object.values(type.getFields())) if (!resolved.has(field.name)) delete field.resolve;
  }
}

function globalStorage(): unknown {
  return (globalThis as { readonly TypeGraphQLMetadataStorage?: unknown }).TypeGraphQLMetadataStorage;
}

function understood(storage: unknown): Metadata {
  const lists = (storage ?? {}) as Readonly<Record<string, unknown>>;
  for (const [name, form] of Object.entries(FORM)) {
    const list = lists[name];
    if (!Array.isArray(list)) throw unknownForm(name);
    for (const entry of list as readonly Readonly<Record<string, unknown>>[]) {
      for (const [part, type] of Object.entries(form)) if (typeof entry[part] !== type) throw unknownForm(name, part);
    }
  }
  const metadata = lists as unknown as Metadata;
  if (metadata.objectTypes.length === 0 || metadata.fields.length === 0) throw unknownForm('objectTypes');
  const kinds = new Set(['internal', 'external']);
  if (metadata.fieldResolvers.some(({ kind }) => !kinds.has(kind))) throw unknownForm('fieldResolvers', 'kind');
  return metadata;
}

function unknownForm(...place: readonly string[]): Error {
  return new Error(`type-graphql keeps its metadata otherwise than it did: ${place.join('.')}. Guards could be lost.`);
}

/** The names of the fields of a class that are more than a property of it. */
function resolvedFields(metadata: Metadata, classes: readonly unknown[]): ReadonlySet<string> {
  const decorated = [...metadata.authorizedFields, ...metadata.middlewares].filter((each) =>
    classes.includes(each.target),
  );
  const methods = metadata.fieldResolvers.filter(({ kind, target, methodName, getObjectType }) =>
    kind === 'external' ? classes.includes(getObjectType()) : classes.includes(target) && isMethod(target, methodName),
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
