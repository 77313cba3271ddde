import pg from 'pg';
import { uuidOf } from '../../../src/kernel/ids.js';
import { type Json, type OrderView, type Product, pay, type Refusal, type Shop } from '../../support/product.js';

export interface CredentialView {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly removedBecause: string | null;
  readonly brand: string | null;
  readonly lastFour: string | null;
  readonly expiryMonth: number | null;
  readonly expiryYear: number | null;
  readonly mandate: { readonly reference: string | null; readonly url: string | null; readonly status: string } | null;
  readonly payer: { readonly reference: string | null };
}

export const CREDENTIAL = `id type status removedBecause brand lastFour expiryMonth expiryYear
  mandate { reference url status } payer { reference }`;

export type Added = { order: OrderView; storedCredential: CredentialView | null } & Refusal;
export type Removed = { storedCredential: CredentialView } & Refusal;

const ORDER = `id orderNumber billNumber status amount { amount currency } source storedOnFile nextAction { redirectUrl clientSecret }
  storedCredential { id }
  operations { type status amount { amount } declineCode transactions { type status amount { amount } externalId } }`;

let payers = 0;

/** Stores a card, by default a new payer's. */
export function add(shop: Shop, input: Json = {}): Promise<Added> {
  payers += 1;
  const defaults = { payer: { reference: `payer-${payers}` }, payment: pay('pm_card_visa') };
  return shop.do(
    'addStoredCredential',
    { ...defaults, ...input },
    `order { ${ORDER} } storedCredential { ${CREDENTIAL} }`,
  );
}

export async function aStoredCard(shop: Shop, input: Json = {}): Promise<CredentialView> {
  const { storedCredential, order, message } = await add(shop, input);
  if (!storedCredential) throw new Error(`nothing was stored: ${message ?? order.status}`);
  return storedCredential;
}

export function removeCard(shop: Shop, storedCredentialId: string, more: Json = {}): Promise<Removed> {
  return shop.do('removeStoredCredential', { storedCredentialId, ...more }, `storedCredential { ${CREDENTIAL} }`);
}

export const stored = (storedCredentialId: string, more: Json = {}): Json => ({
  credential: { storedCredentialId },
  ...more,
});

export async function credentialById(shop: Shop, id: string): Promise<CredentialView | null> {
  const { node } = await shop.ask<{ node: CredentialView | null }>(
    `query ($id: ID!) { node(id: $id) { ... on StoredCredential { ${CREDENTIAL} } } }`,
    { id },
  );
  return node;
}

export async function credentialsOf(shop: Shop, reference: string): Promise<CredentialView[]> {
  const { payer } = await shop.ask<{ payer: { storedCredentials: CredentialView[] } | null }>(
    `query ($r: String!) { payer(reference: $r) { storedCredentials { ${CREDENTIAL} } } }`,
    { r: reference },
  );
  return payer?.storedCredentials ?? [];
}

/** Rows as their owner reads them, whom no policy confines. */
export async function rows<Row extends pg.QueryResultRow>(
  { database }: Product,
  text: string,
  parameters: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<Row>(text, parameters)).rows;
  } finally {
    await client.end();
  }
}

const uuid = (id: string) => uuidOf('storedCredential', id);

/** What the payment system knows a credential by. */
export async function externalIdsOf(product: Product, id: string) {
  const [found] = await rows<{ token: string; customer: string; mandate: string | null; due: Date | null }>(
    product,
    `select external_id as token, external_customer_id as customer, mandate_external_id as mandate, due_at as due
     from stored_credentials where id = $1`,
    [uuid(id)],
  );
  if (!found) throw new Error(`no ${id}`);
  return found;
}

/** What was told of a credential, oldest first: types with payloads. */
export async function eventsOf(product: Product, id: string): Promise<[type: string, payload: Json][]> {
  const told = await rows<{ type: string; payload: Json }>(
    product,
    'select type, payload from events where subject_id = $1 order by sequence',
    [uuid(id)],
  );
  return told.map(({ type, payload }) => [type, payload]);
}

/** Talks to the sandbox as the operator's own programs do: a form is posted, nothing is read. */
export async function atStripe(
  product: Product,
  shop: Shop,
  path: string,
  form?: Readonly<Record<string, string>>,
): Promise<Json> {
  const response = await fetch(`${product.sandbox.url}/v1/${path}`, {
    headers: { authorization: `Bearer ${shop.stripe.secretKey}` },
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return (await response.json()) as Json;
}

/** How often the product has asked for it. */
export function asked(product: Product, shop: Shop, method: string, path: string): number {
  return product.sandbox.control.requests({ accountId: shop.stripe.accountId, method, path }).length;
}

export const attend = (product: Product) => product.built.jobs.wake('payers.attend-credentials');
