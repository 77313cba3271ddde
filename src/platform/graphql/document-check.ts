import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
  specifiedRules,
  validate,
} from 'graphql';
import { type DocumentLimits, DocumentScale } from './document-limits.js';
import { LruMap } from './lru-map.js';

export interface DocumentRules {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  readonly introspection: boolean;
  /** Mutations that may stand beside others in one operation; all others are alone in theirs. */
  readonly combinableMutations: ReadonlySet<string>;
}

/** A document that may be executed, or why not. */
export type CheckedDocument =
  | { readonly text: string; readonly document: DocumentNode }
  | { readonly errors: readonly GraphQLError[] };

/** Checked documents kept, good and bad: an attack repeated is refused from memory. */
const DOCUMENTS_KEPT = 2_000;
/** Longer texts are checked each time rather than kept. */
const TEXT_KEPT_MAX = 20_000;
const ERRORS_MAX = 10;

/**
 * One check for all doors: HTTP, trusted documents and sockets. It goes from
 * cheap to dear, tokens before limits before graphql's own validation, some of
 * whose rules take time quadratic in a hostile document.
 */
export function documentCheck(rules: DocumentRules): (text: string) => CheckedDocument {
  const kept = new LruMap<string, CheckedDocument>(DOCUMENTS_KEPT);
  return (text) => {
    const known = kept.get(text);
    if (known) return known;
    const checked = check(text, rules);
    if (text.length <= TEXT_KEPT_MAX) kept.set(text, checked);
    return checked;
  };
}

function check(text: string, { schema, limits, introspection, combinableMutations }: DocumentRules): CheckedDocument {
  let document: DocumentNode;
  try {
    document = parse(text, { maxTokens: limits.tokens });
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? error : new GraphQLError('The document cannot be parsed.')] };
  }
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const fragments = fragmentsOf(document);
  const scale = new DocumentScale(schema, fragments, limits);
  const tooLarge = operations.flatMap((operation) => scale.faults(operation));
  if (tooLarge.length > 0) return { errors: tooLarge };

  const graphqlRules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const invalid = validate(schema, document, graphqlRules, { maxErrors: ERRORS_MAX });
  if (invalid.length > 0) return { errors: introspection ? invalid : invalid.map(withoutSuggestion) };

  const optional = operations.flatMap((operation) => optionalSubscription(operation, fragments));
  if (optional.length > 0) return { errors: optional };

  const crowded = operations.flatMap((operation) => crowdedMutation(operation, fragments, combinableMutations));
  return crowded.length > 0 ? { errors: crowded } : { text, document };
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

/** "Did you mean" tells the schema to those who may not read it. */
function withoutSuggestion(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message.replace(/ Did you mean .*$/s, ''), { nodes: error.nodes ?? null });
}

/** All that stands at the root of an operation: its fields, and the fragments around them. */
function* rootSelections(
  set: SelectionSetNode | undefined,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Generator<SelectionNode> {
  for (const selection of set?.selections ?? []) {
    yield selection;
    if (selection.kind === Kind.INLINE_FRAGMENT) yield* rootSelections(selection.selectionSet, fragments);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      yield* rootSelections(fragments.get(selection.name.value)?.selectionSet, fragments);
    }
  }
}

/**
 * A subscription is one field. With one that may be left out it can be none,
 * upon which graphql fails; the specification forbids it, and graphql does not
 * check it yet.
 */
function optionalSubscription(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): GraphQLError[] {
  if (operation.operation !== 'subscription') return [];
  const optional = [...rootSelections(operation.selectionSet, fragments)].flatMap(({ directives = [] }) =>
    directives.filter(({ name }) => name.value === 'skip' || name.value === 'include'),
  );
  if (optional.length === 0) return [];
  return [new GraphQLError('The field of a subscription cannot have @skip or @include.', { nodes: optional })];
}

/**
 * One mutation a request: were two in one, the first could move money and the
 * second fail, and the answer's status, retries and rate limits would be about
 * neither.
 */
function crowdedMutation(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  combinable: ReadonlySet<string>,
): GraphQLError[] {
  if (operation.operation !== 'mutation') return [];
  const fields = new Map<string, string>();
  for (const selection of rootSelections(operation.selectionSet, fragments)) {
    if (selection.kind === Kind.FIELD) fields.set((selection.alias ?? selection.name).value, selection.name.value);
  }
  const alone = [...fields.values()].filter((name) => name !== '__typename' && !combinable.has(name));
  if (fields.size <= 1 || alone.length === 0) return [];
  return [new GraphQLError(`One mutation per request: send ${alone.join(', ')} separately.`, { nodes: [operation] })];
}
