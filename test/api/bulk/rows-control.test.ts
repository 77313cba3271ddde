import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidOf } from '../../../src/kernel/ids.js';
import { aBillingShop, subscribe } from '../../support/agreements.js';
import { bulkOperation, control, sendFile } from '../../support/bulk.js';
import { fileOf, finished, outcomes, runFiles, sent } from '../../support/bulk-rows.js';
import { asOwner } from '../../support/charging.js';
import { eventually } from '../../support/eventually.js';
import { Client, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;
beforeAll(async () => {
  product = await startProduct();
  shop = await aBillingShop(product, { timeZone: 'UTC' });
  await subscribe(shop, { terms: { reference: 'one' } });
});
afterAll(() => product.close());

/** More than are begun in the first two batches, so that there is a middle. */
const MANY = 300;

function changes(prefix: string, count = MANY) {
  return Array.from({ length: count }, (_, index) => ({
    changeReference: `${prefix}-${index}`,
    agreementReference: 'one',
    'metadata.at': `${prefix} ${index}`,
  }));
}

async function begun(prefix: string, by: Client = shop, count?: number): Promise<string> {
  const { operation } = await sendFile(by, 'updateAgreements', fileOf(changes(prefix, count)));
  return operation.id;
}

/** Lets the file run, and does something when some of its rows are done and some are not. */
async function midway(id: string, then: () => Promise<unknown>): Promise<void> {
  const running = runFiles(product);
  await eventually(async () => {
    const found = await bulkOperation(shop, id);
    if ((found?.counts.done ?? 0) === 0) throw new Error('nothing is done yet');
  });
  await then();
  await running;
}

async function historyOf(prefix: string): Promise<number> {
  const [found] = await asOwner<{ count: number }>(
    product,
    `select count(*)::int as count from agreement_changes where after -> 'metadata' ->> 'at' like $1`,
    [`${prefix} %`],
  );
  return found?.count ?? -1;
}

describe('a file that runs', () => {
  it('stops where it is paused, and goes on from there', async () => {
    const id = await begun('pause');
    await midway(id, () => control(shop, 'pause', id));
    const paused = await bulkOperation(shop, id);
    expect(paused?.status).toBe('PAUSED');
    expect(paused?.counts.done).toBeLessThan(MANY);
    await runFiles(product);
    expect((await bulkOperation(shop, id))?.counts).toEqual(paused?.counts);
    await control(shop, 'resume', id);
    const { operation } = await finished(product, shop, id);
    expect(operation).toMatchObject({ status: 'COMPLETED', counts: { total: MANY, succeeded: MANY } });
    expect(await historyOf('pause')).toBe(MANY);
  });

  it('is cancelled: what was begun is done, the rest never', async () => {
    const id = await begun('cancel');
    await midway(id, () => control(shop, 'cancel', id));
    const { operation } = await finished(product, shop, id);
    expect(operation.status).toBe('CANCELED');
    const { succeeded, canceled } = operation.counts;
    expect([succeeded + canceled, succeeded > 0, canceled > 0]).toEqual([MANY, true, true]);
    expect(await historyOf('cancel')).toBe(succeeded);
    // The same file again does what was not done.
    const again = await sent(product, shop, 'updateAgreements', changes('cancel'));
    expect(again.operation.counts).toMatchObject({ repeated: succeeded, succeeded: canceled });
    expect(await historyOf('cancel')).toBe(MANY);
  });

  it('is paused when its key is revoked, and goes on in the name of the key that resumes it', async () => {
    const made = await shop.operator.do<{ secret: string; apiKey: { id: string } }>(
      'createApiKey',
      { name: 'second', merchantId: shop.id },
      'secret apiKey { id }',
    );
    const second = new Client(product.url, made.secret);
    const id = await begun('revoked', second, 5);
    await shop.operator.do('revokeApiKey', { id: made.apiKey.id }, 'apiKey { id }');
    await eventually(async () => {
      await runFiles(product);
      expect((await bulkOperation(shop, id))?.status).toBe('PAUSED');
    });
    expect((await bulkOperation(shop, id))?.counts.done).toBe(0);
    await control(shop, 'resume', id);
    const { operation } = await finished(product, shop, id);
    expect(operation).toMatchObject({ status: 'COMPLETED', counts: { succeeded: 5 } });
  });

  it('goes on in the name of the key that resumes it while it runs: the one before may be revoked then', async () => {
    const made = await shop.operator.do<{ secret: string; apiKey: { id: string } }>(
      'createApiKey',
      { name: 'third', merchantId: shop.id },
      'secret apiKey { id }',
    );
    const id = await begun('lent', new Client(product.url, made.secret), 5);
    expect((await control(shop, 'resume', id)).operation.status).toBe('RUNNING');
    await shop.operator.do('revokeApiKey', { id: made.apiKey.id }, 'apiKey { id }');
    const { operation } = await finished(product, shop, id);
    expect(operation).toMatchObject({ status: 'COMPLETED', counts: { succeeded: 5 } });
  });

  it('waits while its operator is suspended, and goes on by itself', async () => {
    const other = await aBillingShop(product);
    await subscribe(other, { terms: { reference: 'one' } });
    const { operation } = await sendFile(other, 'updateAgreements', fileOf(changes('suspended', 3)));
    const operatorId = other.operator.id;
    await product.platform.do('suspendOperator', { operatorId }, 'operator { id }');
    await runFiles(product);
    const [kept] = await asOwner<{ status: string; succeeded: number }>(
      product,
      'select status, succeeded from bulk_operations where id = $1',
      [uuidOf('bulkOperation', operation.id)],
    );
    expect(kept).toEqual({ status: 'RUNNING', succeeded: 0 });
    await product.platform.do('resumeOperator', { operatorId }, 'operator { id }');
    product.advance(61);
    const done = await finished(product, other, operation.id);
    expect(outcomes(done)).toEqual(['2 SUCCEEDED', '3 SUCCEEDED', '4 SUCCEEDED']);
  });

  it('keeps to the pace of the payment system account', async () => {
    const { rows } = await sent(product, shop, 'chargeAgreements', [
      { orderNumber: 'paced', agreementReference: 'one', amount: '5.00' },
    ]);
    expect(outcomes({ rows })).toEqual(['2 SUCCEEDED']);
    const [turns] = await asOwner<{ count: number }>(
      product,
      'select count(*)::int as count from payment_paces where operator_id = $1',
      [uuidOf('operator', shop.operator.id)],
    );
    expect(turns?.count).toBe(1);
  });

  it('tries again what may pass, and tells what does not', async () => {
    const imported = (name: string) => ({
      'terms.reference': name,
      'terms.type': 'RECURRING',
      'terms.amountVariability': 'VARIABLE',
      currency: 'USD',
      'credential.token': 'pm_nobody',
      'credential.externalCustomerId': 'cus_nobody',
      'firstTransaction.date': '2024-03-31',
      'firstTransaction.reference': 'MCC-1',
    });
    const outage = { kind: 'error_500_before', path: '/payment_methods/' } as const;
    product.sandbox.control.addFault({ ...outage, count: 1 });
    const passed = await sent(product, shop, 'createAgreements', [imported('passes')]);
    // Asked again, the payment system answers: it knows no such token.
    expect(outcomes(passed)).toEqual(['2 FAILED CREDENTIAL_UNUSABLE']);
    product.sandbox.control.addFault(outage);
    const stayed = await sent(product, shop, 'createAgreements', [imported('stays')]);
    product.sandbox.control.clearFaults();
    expect(outcomes(stayed)).toEqual(['2 FAILED PAYMENT_SYSTEM_UNAVAILABLE']);
    expect(stayed.rows[0]?.problem?.retryable).toBe(true);
  });

  it('tells the history who changed the agreement', async () => {
    const { rows } = await sent(product, shop, 'updateAgreements', changes('told', 1));
    const keys = await asOwner<{ name: string }>(
      product,
      `select k.name from agreement_changes c join api_keys k on k.operator_id = c.operator_id and k.id = c.api_key_id
       where after -> 'metadata' ->> 'at' = 'told 0'`,
    );
    expect([keys.map(({ name }) => name), rows.length]).toEqual([['shop'], 1]);
  });
});
