import { type GraphQLObjectType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import type { Json } from '../../../test/support/product.js';
import { type ApiField, leaves, nodeTypes, objectType, rootFields } from '../tenants/api.js';
import { inTurns } from '../tenants/in-turns.js';
import { inputsOf, type Own } from '../tenants/inputs.js';
import { mutationDocument } from '../tenants/world.js';
import { asSent, Nasty } from './nasty.js';

export interface Fuzzed {
  readonly operations: number;
  /** How often each HTTP status came. */
  readonly statuses: Readonly<Record<string, number>>;
  /** How many of them were understood and refused, or carried out. */
  readonly answered: number;
  readonly arguments: number;
  readonly argumentsMax: number;
  readonly heapGrowthMb: number;
  readonly violations: readonly string[];
}

export interface Target {
  readonly url: string;
  readonly keys: readonly string[];
  readonly own: Own;
  readonly ids: Readonly<Record<string, string>>;
  readonly random: () => number;
}

interface Operation {
  readonly name: string;
  readonly query: string;
  readonly variables: Json;
}

/** What moves time or shuts everything: with ids that never were, or the rest would find nobody at home. */
const HARMFUL = /^(suspendOperator|revokeApiKey|disconnectPaymentSystem|rotatePaymentSystemKeys|advanceTestClock)$/;

const TRACE = /\bat .{0,200}\.[jt]sx?:\d|node_modules|\.tsx?:\d|"stack/;

/** Sends operations with values that nobody asked for to every argument of every field. */
export async function fuzz(target: Target, operations: number): Promise<Fuzzed> {
  const fuzzer = new Fuzzer(target);
  const half = Math.floor(operations / 2);
  await fuzzer.run(half);
  const before = heapMb();
  await fuzzer.run(operations - half);
  return { ...fuzzer.found, heapGrowthMb: Math.round(heapMb() - before) };
}

function heapMb(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 1_048_576;
}

class Fuzzer {
  readonly #nasty: Nasty;
  readonly #makers: readonly (() => Operation)[];
  readonly #statuses: Record<string, number> = {};
  readonly #tried = new Set<string>();
  readonly #violations: string[] = [];
  readonly #all: number;
  #operations = 0;
  #answered = 0;

  constructor(private readonly target: Target) {
    this.#nasty = new Nasty(target.random, [...Object.values(target.ids), publicId('order', newUuid())]);
    const below = nodeTypes.flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ args }) => args.length > 0)
        .map((field) => () => this.#nestedField(type, field)),
    );
    const queries = rootFields('Query').filter(({ args }) => args.length > 0);
    this.#makers = [
      ...queries.map((field) => () => this.#rootField('query', field)),
      ...rootFields('Subscription').map((field) => () => this.#rootField('subscription', field)),
      ...below,
      // Where most happens with what is given.
      ...rootFields('Mutation').flatMap((field) => Array.from({ length: 3 }, () => () => this.#mutation(field))),
    ];
    this.#all = [...queries, ...rootFields('Subscription'), ...rootFields('Mutation')].length + below.length;
  }

  get found(): Omit<Fuzzed, 'heapGrowthMb'> {
    const counts = { operations: this.#operations, answered: this.#answered };
    const tried = { arguments: this.#tried.size, argumentsMax: this.#all };
    return { ...counts, ...tried, statuses: this.#statuses, violations: this.#violations };
  }

  async run(operations: number): Promise<void> {
    await inTurns(Array.from({ length: operations }), () => this.#send());
  }

  async #send(): Promise<void> {
    // Each field in its turn, that none is left out by chance.
    const make = this.#makers[this.#operations % this.#makers.length];
    this.#operations += 1;
    const { name, query, variables } = make?.() ?? { name: '', query: '', variables: {} };
    this.#tried.add(name);
    const body = asSent({ query, variables });
    const response = await fetch(`${this.target.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#nasty.one(this.target.keys)}` },
      body,
    }).catch((error: unknown) => error as Error);
    if (response instanceof Error) {
      this.#violations.push(`${name} was not answered (${response.cause ?? response}): ${body.slice(0, 1500)}`);
      return;
    }
    const text = await response.text();
    this.#statuses[response.status] = (this.#statuses[response.status] ?? 0) + 1;
    if (text.includes('"data":{')) this.#answered += 1;
    const fault = faultOf(response.status, text);
    if (fault) this.#violations.push(`${name} ${fault}: ${text.slice(0, 500)} to ${body.slice(0, 1500)}`);
  }

  #mutation(field: ApiField): Operation {
    const [input] = field.args;
    const base = inputsOf({ ...this.#own(field.name), fresh: `fuzz ${this.#operations}` })[field.name] ?? {};
    const isSpoilt = this.target.random() < 0.6;
    const value = input && (isSpoilt ? this.#nasty.spoilt(input.type, base) : this.#nasty.valueOf(input.type));
    const query = mutationDocument(field.name, LITERALS);
    return { name: field.name, query, variables: { input: value } };
  }

  #own(mutation: string): Own {
    const { own } = this.target;
    if (!HARMFUL.test(mutation)) return own;
    const [operator, apiKey] = [publicId('operator', newUuid()), publicId('apiKey', newUuid())];
    return { ...own, operator, apiKey, paymentSystemAccount: publicId('paymentSystemAccount', newUuid()) };
  }

  #rootField(kind: 'query' | 'subscription', field: ApiField): Operation {
    const { declared, given, variables } = this.#arguments(field);
    return {
      name: field.name,
      query: `${kind} (${declared}) { ${field.name}(${given}) ${selected(field)} }`,
      variables,
    };
  }

  #nestedField(type: GraphQLObjectType, field: ApiField): Operation {
    const { declared, given, variables } = this.#arguments(field);
    const id = this.target.ids[`${type.name[0]?.toLowerCase()}${type.name.slice(1)}`] ?? '';
    return {
      name: `${type.name}.${field.name}`,
      query: `query ($node: ID!, ${declared}) { node(id: $node) { ... on ${type.name} { ${field.name}(${given}) ${selected(field)} } } }`,
      variables: { ...variables, node: id },
    };
  }

  #arguments({ args }: ApiField) {
    return {
      declared: args.map(({ name, type }) => `$${name}: ${type}`).join(', '),
      given: args.map(({ name }) => `${name}: $${name}`).join(', '),
      variables: Object.fromEntries(
        args.filter(() => this.target.random() < 0.8).map(({ name, type }) => [name, this.#nasty.valueOf(type)]),
      ),
    };
  }
}

const LITERALS = { currency: '"EUR"', month: '"2026-11"', from: '"2026-11-01"', to: '"2026-11-22"' };

function selected(field: ApiField): string {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return '';
  if (type.name.endsWith('Connection')) return '{ nodes { __typename } edges { cursor } pageInfo { endCursor } }';
  return isObjectType(type) ? `{ __typename ${leaves(objectType(type.name), LITERALS)} }` : '{ __typename id }';
}

function faultOf(status: number, text: string): string | null {
  if (status >= 500) return `was answered with ${status}`;
  if (text.includes('"INTERNAL"')) return 'is a bug';
  if (TRACE.test(text)) return 'told of our code';
  try {
    JSON.parse(text);
    return null;
  } catch {
    return 'was answered with no JSON';
  }
}
