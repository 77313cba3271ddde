import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ID_PREFIXES, type IdKind, publicId } from '../../../src/kernel/ids.js';
import { aBillingShop, subscribe } from '../../support/agreements.js';
import { awaitingFile } from '../../support/bulk.js';
import {
  aMerchant,
  type Client,
  type Json,
  PLENTY,
  type Product,
  type Shop,
  startProduct,
} from '../../support/product.js';
import { closed } from '../invoices/by-hand.js';
import { type RootField, Schema } from './schema-walk.js';

let product: Product;
let shop: Shop;
let schema: Schema;
/** Ids of another operator's objects, of each kind that has any. */
let foreign: Readonly<Partial<Record<IdKind, string>>>;
/** The same of another merchant of the same operator. */
let neighbours: Readonly<Partial<Record<IdKind, string>>>;
/** What is the asker's. */
let own: Readonly<Partial<Record<IdKind, string>>>;

beforeAll(async () => {
  product = await startProduct({ rate: PLENTY });
  shop = await aBillingShop(product);
  schema = await Schema.of(shop);
  const agreement = (await subscribe(shop)).agreement.id;
  own = { ...(await idsOf(shop, 'own payer')), agreement, invoice: (await closed(shop)).id };
  foreign = await idsOf(await aBillingShop(product));
  neighbours = await idsOf(await aMerchant(product, shop.operator, shop.stripe));
});

afterAll(() => product.close());

async function idsOf(owner: Shop, reference = 'payer'): Promise<Readonly<Partial<Record<IdKind, string>>>> {
  const { order } = await owner.sale({ saveCredential: true, payer: { reference }, captureMode: 'MANUAL' });
  const all = await owner.ask<{
    order: {
      payer: { id: string; storedCredentials: { id: string }[] };
      operations: { id: string; transactions: { id: string }[] }[];
    };
  }>(
    `query ($id: ID!) { order(id: $id) { payer { id storedCredentials { id } } operations { id transactions { id } } } }`,
    { id: order.id },
  );
  const viewer = await owner.operator.ask<{
    operator: { paymentSystemAccounts: { id: string }[]; apiKeys: { nodes: { id: string }[] } };
  }>('{ operator { paymentSystemAccounts { id } apiKeys(first: 1) { nodes { id } } } }');
  const [operation] = all.order.operations;
  const ids: Partial<Record<IdKind, string | undefined>> = {
    operator: owner.operator.id,
    merchant: owner.id,
    apiKey: viewer.operator.apiKeys.nodes[0]?.id,
    paymentSystemAccount: viewer.operator.paymentSystemAccounts[0]?.id,
    payer: all.order.payer.id,
    storedCredential: all.order.payer.storedCredentials[0]?.id,
    order: order.id,
    operation: operation?.id,
    bulkOperation: (await awaitingFile(owner, 'chargeAgreements')).operation.id,
    transaction: operation?.transactions[0]?.id,
  };
  for (const [kind, id] of Object.entries(ids)) if (!id) throw new Error(`no id of a ${kind}`);
  return ids as Partial<Record<IdKind, string>>;
}

/** Of which kind an id is that goes into this field. */
function kindOf(name: string, path: readonly string[]): IdKind {
  const field = path.at(-1) ?? '';
  if (name === 'revokeApiKey') return 'apiKey';
  if (name === 'redeliverNotifications' && field === 'ids') return 'notification';
  if (field === 'itemId') return 'invoiceItem';
  if (/accountId$/i.test(field)) return 'paymentSystemAccount';
  if (path.includes('payer')) return 'payer';
  const root = field === 'id' ? name : field.replace(/Id$/, '');
  const kind = (Object.keys(ID_PREFIXES) as IdKind[]).find((each) => each === root);
  if (!kind && name !== 'node') throw new Error(`what kind of id is ${name}.${path.join('.')}?`);
  return kind ?? 'order';
}

/** What is no id of an object that the asker may see, whatever it is. */
function wrongIds(kind: IdKind): Record<string, string> {
  const another: IdKind = kind === 'merchant' ? 'order' : 'merchant';
  const ours = { merchant: shop.id, order: publicId('order', randomUUID()) }[another];
  return {
    ...(foreign[kind] && { "another operator's": foreign[kind] }),
    'of another kind': ours,
    'of no kind': `xyz_${publicId(kind, randomUUID()).split('_').at(-1)}`,
    empty: '',
    'a word': 'nothing',
    'a UUID': randomUUID(),
    'cut short': publicId(kind, randomUUID()).slice(0, -1),
    'in upper case': publicId(kind, randomUUID()).toUpperCase(),
    'too large': `${ID_PREFIXES[kind]}_8zzzzzzzzzzzzzzzzzzzzzzzzz`,
    long: `${ID_PREFIXES[kind]}_${'0'.repeat(5000)}`,
    'with a NUL': `${ID_PREFIXES[kind]}_\u0000`,
    'half a pair': '\ud800',
    quoted: `${ID_PREFIXES[kind]}_' or 1=1 --`,
  };
}

function sender({ name }: RootField): Client {
  if (/Operator$/.test(name)) return product.platform;
  return /Order$|Agreement|Balance|StoredCredential|Invoice|CreditNote|BulkOperation|increaseAuthorization|createClientToken/.test(
    name,
  )
    ? shop
    : shop.operator;
}

async function fill(): Promise<Json> {
  return {
    orderNumber: randomUUID(),
    merchantId: shop.id,
    'MoneyInput.amount': '10.00',
    currency: 'USD',
    'IncreaseAuthorizationInput.amount': '120.00',
    name: 'Name',
    orderId: (await shop.createOrder()).order.id,
    'PaymentInput.credential': { token: 'pm_card_visa' },
    'CardInput.number': '0',
    expiryMonth: 1,
    expiryYear: 2050,
    secretKey: shop.stripe.secretKey,
    publishableKey: shop.stripe.publishableKey,
    agreementId: own.agreement,
    'AgreementTermsInput.type': 'OTHER',
    'ImportAgreementInput.credential': { storedCredentialId: own.storedCredential },
    'FirstTransactionInput.date': '2026-01-31',
    reference: 'elsewhere',
    balance: '10.00',
    invoiceId: own.invoice,
    description: 'Traffic',
    unitPrice: '10.00',
    reason: 'Returned',
  };
}

/** What no single field says to be needed. */
const BESIDE: Readonly<Record<string, Json>> = {
  advanceTestClock: { seconds: 60 },
  'redeliverNotifications.merchantId': { period: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } },
};

/** The whole answer as text; what differs by request is taken out. */
async function answerTo(client: Client, query: string, variables: Json): Promise<string> {
  const answer = await client.raw(query, variables);
  expect(answer.status).toBeLessThan(500);
  return JSON.stringify(answer);
}

describe('in a mutation', () => {
  it('every wrong id gets byte for byte the answer of an id that never was', async () => {
    const tried: string[] = [];
    const different: string[] = [];
    for (const mutation of schema.mutations) {
      for (const path of schema.pathsTo(mutation, ['ID'])) {
        const at = `${mutation.name}.${path.join('.')}`;
        const kind = kindOf(mutation.name, path);
        const beside = await fill();
        const send = (id: string) =>
          answerTo(sender(mutation), schema.document(mutation), {
            input: { ...BESIDE[mutation.name], ...BESIDE[at], ...schema.inputWith(mutation, path, id, beside) },
          });
        const never = await send(publicId(kind, randomUUID()));
        expect([at, never]).toEqual([at, expect.stringContaining('NOT_FOUND')]);
        tried.push(at);
        // A platform key is above operators: to it another one is one that is there.
        const wrong = Object.entries(wrongIds(kind)).filter(
          ([what]) => !(sender(mutation) === product.platform && what === "another operator's"),
        );
        if (sender(mutation) === shop && neighbours[kind] && kind !== 'paymentSystemAccount') {
          wrong.push(["another merchant's", neighbours[kind]]);
        }
        for (const [what, id] of wrong) {
          const answer = await send(id);
          if (answer !== never) different.push(`${at} ${what}: ${answer}`);
        }
      }
    }
    expect(different).toEqual([]);
    expect(tried).toEqual(
      expect.arrayContaining([
        'createOrder.merchantId',
        'createOrder.paymentSystemAccountId',
        'createOrder.payer.id',
        'createOrder.payment.credential.storedCredentialId',
        'payOrder.orderId',
        'payOrder.payment.credential.storedCredentialId',
        'captureOrder.orderId',
        'cancelOrder.orderId',
        'increaseAuthorization.orderId',
        'createClientToken.orderId',
        'createAgreement.payment.credential.storedCredentialId',
        'importAgreement.credential.storedCredentialId',
        'createAgreementFromOrder.orderId',
        'chargeAgreement.agreementId',
        'removeStoredCredential.storedCredentialId',
        'addInvoiceItem.payer.id',
        'removeInvoiceItem.itemId',
        'updateInvoice.agreementId',
        'createCreditNote.invoiceId',
        'createCreditNote.lines.itemId',
        'chargeAgreements.merchantId',
        'cancelBulkOperation.bulkOperationId',
      ]),
    );
  });

  it("another's stored credential is one that never was, also when an order is paid later", async () => {
    const { order } = await shop.createOrder();
    const send = (storedCredentialId: string) =>
      shop.do('payOrder', { orderId: order.id, payment: { credential: { storedCredentialId } } }, 'order { id }');
    const never = await send(publicId('storedCredential', randomUUID()));
    expect(never).toMatchObject({ code: 'NOT_FOUND' });
    for (const id of [foreign.storedCredential, neighbours.storedCredential, 'cred_broken', foreign.order]) {
      expect(await send(id ?? '')).toEqual(never);
    }
    expect((await shop.order(order.id)).status).toBe('CREATED');
  });
});

describe('in a query', () => {
  it('every wrong id gets byte for byte the answer of an id that never was', async () => {
    const different: string[] = [];
    const tried: string[] = [];
    for (const query of schema.queries) {
      for (const [argument = '', ...path] of schema.pathsToArguments(query, ['ID'])) {
        for (const client of [shop, shop.operator]) {
          // Whom a payer belongs to only says where to look for a reference.
          if (query.name === 'payer' && argument === 'merchantId') continue;
          const at = `${query.name}.${[argument, ...path].join('.')}`;
          const kind = kindOf(query.name, [argument, ...path]);
          const send = (id: string) =>
            answerTo(client, schema.queryWith(query, argument), {
              value: path.reduceRight<unknown>((value, name) => ({ [name]: value }), id),
            });
          const never = await send(publicId(kind, randomUUID()));
          tried.push(at);
          const wrong: [string, string][] = Object.entries(wrongIds(kind));
          if (query.name === 'node') {
            for (const [what, id] of Object.entries(foreign)) wrong.push([`another operator's ${what}`, id]);
          }
          if (client === shop && neighbours[kind]) wrong.push(["another merchant's", neighbours[kind]]);
          for (const [what, id] of wrong.filter(([what]) => query.name !== 'node' || what !== 'of another kind')) {
            const answer = await send(id);
            if (answer !== never && !answer.includes('FORBIDDEN'))
              different.push(`${at} ${what}: ${answer}, not ${never}`);
          }
        }
      }
    }
    expect(different).toEqual([]);
    expect(tried).toEqual(
      expect.arrayContaining([
        'order.id',
        'orders.filter.merchantId',
        'orders.filter.payerId',
        'node.id',
        'payer.id',
        'bulkOperation.id',
      ]),
    );
  });

  it("another's payer by reference, bill number or merchant is nobody's", async () => {
    const [bill] = (
      await shop.operator.ask<{ orders: { nodes: { billNumber: string }[] } }>(
        'query ($id: ID!) { orders(filter: { merchantId: $id }) { nodes { billNumber } } }',
        { id: neighbours.merchant },
      )
    ).orders.nodes;
    expect(
      await shop.ask('query ($b: String!) { order(billNumber: $b) { id } payer(reference: "payer") { id } }', {
        b: bill?.billNumber,
      }),
    ).toEqual({ order: null, payer: null });
    const asked = (merchantId: string | undefined) =>
      shop.operator.raw('query ($m: ID!) { payer(reference: "payer", merchantId: $m) { id } }', { m: merchantId });
    const other = await asked(foreign.merchant);
    expect(other).toEqual(await asked(publicId('merchant', randomUUID())));
    expect(other.data).toEqual({ payer: null });
  });
});
