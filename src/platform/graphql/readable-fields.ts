import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  isIntrospectionType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { CheckedDocument } from './document-check.js';
import type { Edge, EdgeContext, ReadableFields } from './edge.js';
import { ApiError } from './errors.js';

/** A document that this caller may have executed, or why not; the same question for a text and for a trusted document. */
export function checkedFor<Context extends EdgeContext>(
  { check, schema, contexts }: Pick<Edge<Context>, 'check' | 'schema' | 'contexts'>,
  text: string,
  context: Context,
): CheckedDocument {
  const checked = check(text);
  const readable = contexts.readableBy?.(context);
  if (!readable || 'errors' in checked) return checked;
  const errors = unreadableFields(schema, checked.document, readable);
  return errors.length > 0 ? { errors } : checked;
}

/**
 * Says which fields of a valid document are not on the list, before anything
 * runs. What is not listed is refused, whatever type, fragment or operation it
 * stands in, so that a field added tomorrow is hidden until somebody lists it.
 */
export function unreadableFields(schema: GraphQLSchema, document: DocumentNode, readable: ReadableFields): ApiError[] {
  const refused = new Set<string>();
  const types = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ name: { value: name } }) => {
        const parent = types.getParentType();
        if (!isMeta(parent, name) && !(parent && readable.get(parent.name)?.has(name))) {
          refused.add(`${parent?.name}.${name}`);
        }
      },
    }),
  );
  return [...refused].map((field) => new ApiError('FORBIDDEN', `this token may not read ${field}`));
}

/** What tells of the schema and of nobody's data; whether it is told at all was asked before. */
function isMeta(parent: GraphQLNamedType | null | undefined, name: string): boolean {
  return name.startsWith('__') || (parent != null && isIntrospectionType(parent));
}
