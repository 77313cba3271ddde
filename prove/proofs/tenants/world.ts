import { type GraphQLUnionType, getNamedType, isObjectType } from 'graphql';
import type { Json, Product } from '../../../test/support/product.js';
import { API, type Literals, leaves, rootFields } from './api.js';
import { Coverage } from './coverage.js';

/** What came back, to the byte. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly data: Json | null;
}

/** The product, with whom is asked what by all of this proof, and what was seen of the schema. */
export class World {
  readonly coverage = new Coverage();
  asked = 0;

  constructor(
    readonly product: Product,
    readonly literals: Literals,
  ) {}

  /** A key or token, or nothing at all. */
  async ask(key: string, query: string, variables: Json = {}): Promise<Answer> {
    this.asked += 1;
    const response = await fetch(`${this.product.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const data = (JSON.parse(text) as { data?: Json | null }).data ?? null;
    this.coverage.note(query, data);
    return { status: response.status, text, data };
  }

  /** A mutation that has to succeed; all of its payload is asked for. */
  async do<Payload extends Json = Json>(key: string, mutation: string, input: Json): Promise<Payload> {
    const { data, text } = await this.ask(key, mutationDocument(mutation, this.literals), { input });
    const result = data?.[mutation] as (Payload & { __typename: string }) | undefined;
    if (!result || result.__typename === 'Problem') throw new Error(`${mutation} ${JSON.stringify(input)}: ${text}`);
    return result;
  }
}

const documents = new Map<string, string>();

/** With everything that its payload has, but of the objects in it only what is no object itself. */
export function mutationDocument(name: string, literals: Literals): string {
  const known = documents.get(name);
  if (known) return known;
  const field = rootFields('Mutation').find((each) => each.name === name);
  const [input] = field?.args ?? [];
  if (!field || !input) throw new Error(`there is no mutation ${name}`);
  const payload = API.getPossibleTypes(getNamedType(field.type) as GraphQLUnionType).find(
    (type) => type.name !== 'Problem',
  );
  const objects = Object.values(payload?.getFields() ?? {}).map((each) => {
    const inner = getNamedType(each.type);
    return isObjectType(inner) ? `${each.name} { ${leaves(inner, literals)} }` : each.name;
  });
  const problem = '... on Problem { code message retryable issues { path message } }';
  const document = `mutation ($input: ${input.type}) { ${name}(input: $input) {
    __typename ... on ${payload?.name} { ${objects.join(' ')} } ${problem} } }`;
  documents.set(name, document);
  return document;
}
