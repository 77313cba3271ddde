import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  parse,
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
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) fields.set((selection.alias ?? selection.name).value, selection.name.value);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  const alone = [...fields.values()].filter((name) => name !== '__typename' && !combinable.has(name));
  if (fields.size <= 1 || alone.length === 0) return [];
  return [new GraphQLError(`One mutation per request: send ${alone.join(', ')} separately.`, { nodes: [operation] })];
}
