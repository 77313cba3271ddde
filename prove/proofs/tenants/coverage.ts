import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { API, objectTypes } from './api.js';

/** Which fields of the schema somebody has read a value of. */
export class Coverage {
  readonly #reached = new Set<string>();
  readonly #parsed = new Map<string, ReturnType<typeof parse>>();

  get size(): number {
    return this.#reached.size;
  }

  /** Every field of every type, as "Order.status". */
  get all(): readonly string[] {
    return objectTypes.flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
  }

  get missing(): readonly string[] {
    return this.all.filter((field) => !this.#reached.has(field));
  }

  note(document: string, data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    const parsed = this.#parsed.get(document) ?? parse(document);
    this.#parsed.set(document, parsed);
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const definition of parsed.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    }
    for (const definition of parsed.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      const root = API.getRootType(definition.operation);
      if (root) this.#walk(definition.selectionSet, root, data as Record<string, unknown>);
    }
  }

  #walk(set: SelectionSetNode, type: GraphQLObjectType, data: Record<string, unknown>): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) this.#field(selection, type, data);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value;
        if (on === undefined || on === type.name) this.#walk(selection.selectionSet, type, data);
      }
    }
  }

  #field(node: FieldNode, type: GraphQLObjectType, data: Record<string, unknown>): void {
    const value = data[(node.alias ?? node.name).value];
    const field = type.getFields()[node.name.value];
    if (!field || value === null || value === undefined) return;
    this.#reached.add(`${type.name}.${node.name.value}`);
    if (!node.selectionSet) return;
    for (const each of [value].flat(Number.POSITIVE_INFINITY) as unknown[]) {
      if (typeof each !== 'object' || each === null) continue;
      const inner = concrete(getNamedType(field.type), each as { __typename?: string });
      if (inner) this.#walk(node.selectionSet, inner, each as Record<string, unknown>);
    }
  }
}

function concrete(type: GraphQLNamedType, { __typename }: { __typename?: string }): GraphQLObjectType | null {
  if (isObjectType(type)) return type;
  const named = API.getType(__typename ?? '');
  return isObjectType(named) ? named : null;
}
