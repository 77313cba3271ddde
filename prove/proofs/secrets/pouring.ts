import { dump } from '../../../test/api/bad-input/dump.js';
import { type RootField, Schema } from '../../../test/api/bad-input/schema-walk.js';
import { fillFor, senderOf } from '../../../test/api/bad-input/senders.js';
import { anOperator, Client, type Json, type Product, type Shop } from '../../../test/support/product.js';
import { type Canary, spelled } from './canaries.js';

const SCALARS = [
  'String',
  'URL',
  'ID',
  'Decimal',
  'CurrencyCode',
  'TimeZone',
  'DateTime',
  'Date',
  'EventCursor',
  'JSON',
];
/** Where keys belong: there they are taken, and found nowhere afterwards. */
const FOR_KEYS = /\.secretKey$/;
/** The answers whose text is kept to be looked through. */
export interface Poured {
  /** Inputs and arguments that a text can be given to. */
  readonly places: number;
  readonly sent: number;
  /** Everything that was answered, with where it was sent. */
  readonly answers: readonly string[];
  /** What was taken though it had a secret in it. */
  readonly taken: readonly string[];
}

/** Sends each canary by many inputs, and each input many canaries: mutations, queries, headers, bodies that are no GraphQL. */
export async function pour(product: Product, shop: Shop, canaries: readonly Canary[], each: number): Promise<Poured> {
  const schema = await Schema.of(shop);
  const answers: string[] = [];
  const taken: string[] = [];
  let next = 0;
  const draw = () => canaries[next++ % canaries.length] as Canary;
  const places = [...mutationsOf(schema), ...queriesOf(schema)];
  const fill = await fillFor(shop, (await anOperator(product)).id);
  for (let round = 0; round < each; round += 1) {
    for (const place of places) {
      const canary = draw();
      const written = canary.isCard ? spelled(canary.text, next) : canary.text;
      const value = /Url$/.test(place.name) ? `https://shop.example/?x=${encodeURIComponent(written)}` : written;
      const asker = place.mutation ? senderOf(product, shop, place.mutation) : shop;
      const answer = await asker.raw(place.document, place.variables(value, fill));
      answers.push(`${place.name}: ${JSON.stringify(answer)}`);
      const result = place.mutation && (answer.data?.[place.mutation.name] as { __typename?: string } | undefined);
      if (result && result.__typename !== 'Problem' && !FOR_KEYS.test(place.name)) taken.push(place.name);
    }
  }
  const beside = canaries.slice(0, each * 20);
  for (const { text } of beside) answers.push(...(await elsewhere(product, shop, text)));
  return { places: places.length, sent: places.length * each + beside.length * WAYS_ELSEWHERE, answers, taken };
}

interface Place {
  readonly name: string;
  readonly mutation: RootField | null;
  readonly document: string;
  variables(value: string, fill: Json): Json;
}

function mutationsOf(schema: Schema): Place[] {
  return schema.mutations.flatMap((mutation) =>
    schema.pathsTo(mutation, SCALARS).map((path) => ({
      name: `${mutation.name}.${path.join('.')}`,
      mutation,
      document: schema.document(mutation),
      variables: (value: string, fill: Json) => ({ input: schema.inputWith(mutation, path, value, fill) }),
    })),
  );
}

function queriesOf(schema: Schema): Place[] {
  return schema.queries.flatMap((query) =>
    schema.pathsToArguments(query, SCALARS).map(([argument = '', ...rest]) => ({
      name: `${query.name}.${[argument, ...rest].join('.')}`,
      mutation: null,
      document: schema.queryWith(query, argument),
      variables: (value: string) => ({
        value: rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value),
      }),
    })),
  );
}

const WAYS_ELSEWHERE = 6;

/** Where nobody asks for a text, and where one arrives all the same. */
async function elsewhere({ url }: Product, shop: Shop, text: string): Promise<readonly string[]> {
  const json = { 'content-type': 'application/json' };
  const post = (path: string, body: string, headers: Record<string, string>) =>
    fetch(`${url}${path}`, { method: 'POST', body, headers, redirect: 'manual' }).then((response) => response.text());
  const own = { ...json, authorization: `Bearer ${shop.key}` };
  return Promise.all([
    post('/graphql', JSON.stringify({ query: `{ order(id: "${text}") { id } }` }), own),
    post('/graphql', `{"query": "${text}`, own),
    new Client(url, text).raw('{ viewer { kind } }').then((answer) => JSON.stringify(answer)),
    fetch(`${url}/${encodeURIComponent(text)}?card=${encodeURIComponent(text)}`, {
      headers: { 'x-request-id': text, 'user-agent': text },
    }).then((response) => response.text()),
    post('/pay', new URLSearchParams({ merchant: shop.id, orderNumber: text, description: text }).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    }),
    post('/webhooks/stripe/x', JSON.stringify({ id: text, type: text }), { ...json, 'stripe-signature': text }),
  ]);
}

/** All places in which something is kept or said. */
export async function placesOf(
  product: Product,
  poured: Poured,
  said: { logged: readonly string[]; told: readonly string[] },
) {
  const metrics = await fetch(`${product.url}/metrics`).then((response) => response.text());
  return {
    database: await dump(product.database.url),
    log: said.logged.join('\n'),
    answers: poured.answers.join('\n'),
    metrics,
    callbacks: said.told.join('\n'),
  };
}
