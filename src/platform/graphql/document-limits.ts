import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large a document may be. Each is refused before anything of it is executed. */
export interface DocumentLimits {
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Fields that could be answered, a page counted by its size: `orders(first: 100) { nodes { id } }` costs about 200. */
  readonly cost: number;
  /** How often one selection set may name the same field; comparing them is what makes validation slow. */
  readonly repeats: number;
}

export const DEFAULT_LIMITS: DocumentLimits = {
  tokens: 2_000,
  depth: 12,
  aliases: 30,
  directives: 30,
  cost: 30_000,
  repeats: 15,
};

/** A page whose size comes from a variable counts as the largest; a plain list counts as a few. */
const PAGE_COST_MAX = 100;
const LIST_COST = 5;
/** Introspection answers about a hundred kilobytes; graphql itself bounds its depth. */
const INTROSPECTION_COST = 1_000;

interface Weight {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly cost: number;
}

const NOTHING: Weight = { depth: 0, aliases: 0, directives: 0, cost: 0 };

function sum(a: Weight, b: Weight): Weight {
  return {
    depth: Math.max(a.depth, b.depth),
    aliases: a.aliases + b.aliases,
    directives: a.directives + b.directives,
    cost: a.cost + b.cost,
  };
}

/**
 * Weighs operations. A fragment is weighed once and counted at every spread,
 * so the order of definitions cannot hide depth, and a bomb of fragments
 * within fragments costs no time. A cycle weighs nothing here: graphql's own
 * rules refuse it.
 */
export class DocumentScale {
  private readonly weighed = new Map<string, Weight>();
  private worstRepeats = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly limits: DocumentLimits,
  ) {}

  /** What is too large about the operation, in words; nothing when all is well. */
  faults(operation: OperationDefinitionNode): GraphQLError[] {
    const root = this.schema.getRootType(operation.operation);
    const weight = this.weigh(operation.selectionSet, root ?? undefined);
    const directives = weight.directives + (operation.directives?.length ?? 0);
    const found: readonly (readonly [string, number, number])[] = [
      ['levels of fields', weight.depth, this.limits.depth],
      ['aliases', weight.aliases, this.limits.aliases],
      ['directives', directives, this.limits.directives],
      ['fields to answer, pages counted by their size', weight.cost, this.limits.cost],
      ['mentions of one field in one selection', this.worstRepeats, this.limits.repeats],
    ];
    return found
      .filter(([, count, limit]) => count > limit)
      .map(
        ([what, count, limit]) => new GraphQLError(`The document has ${count} ${what}; at most ${limit} are allowed.`),
      );
  }

  private weigh(set: SelectionSetNode, type: GraphQLNamedType | undefined): Weight {
    const names = new Map<string, number>();
    let total = NOTHING;
    for (const selection of set.selections) {
      const own = { ...NOTHING, directives: selection.directives?.length ?? 0 };
      total = sum(total, own);
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        names.set(name, (names.get(name) ?? 0) + 1);
        total = sum(total, this.field(selection, type));
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition ? this.schema.getType(selection.typeCondition.name.value) : type;
        total = sum(total, this.weigh(selection.selectionSet, on));
      } else {
        total = sum(total, this.fragment(selection.name.value));
      }
    }
    this.worstRepeats = Math.max(this.worstRepeats, ...names.values());
    return total;
  }

  private fragment(name: string): Weight {
    const known = this.weighed.get(name);
    const fragment = this.fragments.get(name);
    if (known || !fragment) return known ?? NOTHING;
    this.weighed.set(name, NOTHING);
    const weight = this.weigh(fragment.selectionSet, this.schema.getType(fragment.typeCondition.name.value));
    this.weighed.set(name, weight);
    return weight;
  }

  private field(node: FieldNode, type: GraphQLNamedType | undefined): Weight {
    const aliases = node.alias ? 1 : 0;
    const name = node.name.value;
    if (name === '__typename') return { ...NOTHING, depth: 1, aliases };
    if (name === '__schema' || name === '__type') return { ...NOTHING, depth: 1, aliases, cost: INTROSPECTION_COST };
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const below = node.selectionSet
      ? this.weigh(
          node.selectionSet,
          field && isCompositeType(getNamedType(field.type)) ? getNamedType(field.type) : undefined,
        )
      : NOTHING;
    return {
      depth: below.depth + 1,
      aliases: below.aliases + aliases,
      directives: below.directives,
      cost: 1 + below.cost * (field ? multiplicity(node, field) : 1),
    };
  }
}

/** How many objects a field may answer: its `first`, or a few for a plain list. */
function multiplicity(node: FieldNode, field: GraphQLField<unknown, unknown>): number {
  const first = field.args.find((arg) => arg.name === 'first');
  if (first) {
    const given = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
    if (given?.kind === Kind.INT) return Math.max(1, Number(given.value));
    if (given) return PAGE_COST_MAX;
    return typeof first.defaultValue === 'number' ? first.defaultValue : PAGE_COST_MAX;
  }
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  const pageEntries = field.name === 'edges' || field.name === 'nodes';
  return isListType(type) && !pageEntries ? LIST_COST : 1;
}
