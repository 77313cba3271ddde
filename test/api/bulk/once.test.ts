import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { awaitingFile, bulkOperation, chargesCsv, sendFile, slowMutation, storedOf } from '../../support/bulk.js';
import { eventually } from '../../support/eventually.js';
import { aMerchant, aShop, type Product, type Shop, startProduct } from '../../support/product.js';

let product: Product;
let shop: Shop;

beforeAll(async () => {
  product = await startProduct();
  shop = await aShop(product);
});

afterAll(() => product.close());

const stored = () => storedOf(product, shop.operator.id);

describe('a file that is sent again under its idempotency key', () => {
  it('is answered with the first operation, and nothing is stored twice', async () => {
    const input = { idempotencyKey: 'night-1' };
    const first = await sendFile(shop, 'chargeAgreements', chargesCsv(3), { ...input, fileName: 'a.csv' });
    const after = await stored();
    const again = await sendFile(shop, 'chargeAgreements', chargesCsv(3), { ...input, fileName: 'b.csv' });
    expect(again.operation).toEqual(first.operation);
    expect(await stored()).toEqual(after);
  });

  it('is refused where the file, the mutation or an argument is another', async () => {
    const input = { idempotencyKey: 'night-2' };
    await sendFile(shop, 'chargeAgreements', chargesCsv(3), input);
    const after = await stored();
    const others = [
      await sendFile(shop, 'chargeAgreements', chargesCsv(4), input),
      await sendFile(shop, 'updateAgreements', chargesCsv(3), input),
      await sendFile(shop, 'chargeAgreements', chargesCsv(3), { ...input, dryRun: true }),
      await awaitingFile(shop, 'chargeAgreements', input),
    ];
    expect(others.map(({ code }) => code)).toEqual(others.map(() => 'IDEMPOTENCY_KEY_REUSED'));
    expect(await stored()).toEqual(after);
  });

  it('at the same moment is one operation', async () => {
    const before = await stored();
    const sent = await Promise.all(
      Array.from({ length: 4 }, () =>
        sendFile(shop, 'chargeAgreements', chargesCsv(200, 'once'), { idempotencyKey: 'at-once' }),
      ),
    );
    const ids = new Set(sent.map(({ operation }) => operation.id));
    expect(ids.size).toBe(1);
    expect(sent.map(({ operation }) => operation.counts.total)).toEqual([200, 200, 200, 200]);
    expect(await stored()).toEqual({ operations: before.operations + 1, rows: before.rows + 200 });
  });

  it('of which one is another file: one is taken, the other refused, and nothing of it stays', async () => {
    const before = await stored();
    const sent = await Promise.all(
      [10, 20].map((count) =>
        sendFile(shop, 'chargeAgreements', chargesCsv(count, 'either'), { idempotencyKey: 'either' }),
      ),
    );
    const taken = sent.find(({ operation }) => operation)?.operation;
    expect(sent.map(({ code }) => code ?? 'taken').sort()).toEqual(['IDEMPOTENCY_KEY_REUSED', 'taken']);
    expect(await stored()).toEqual({
      operations: before.operations + 1,
      rows: before.rows + (taken?.counts.total ?? 0),
    });
  });

  it('has its key free again after a refusal, and after an upload that was cut off', async () => {
    const input = { idempotencyKey: 'freed' };
    expect(await sendFile(shop, 'chargeAgreements', 'nonsense', input)).toMatchObject({ code: 'INVALID_INPUT' });
    const before = await stored();
    const slow = slowMutation(shop, 'chargeAgreements', input);
    slow.send(chargesCsv(8_000, 'freed'));
    await eventually(async () => expect((await stored()).rows).toBeGreaterThan(before.rows));
    slow.cutOff();
    await eventually(async () => expect(await stored()).toEqual(before));
    const { operation } = await sendFile(shop, 'chargeAgreements', chargesCsv(1, 'freed'), input);
    expect(operation).toMatchObject({ status: 'RUNNING', counts: { total: 1 } });
  });

  it("is nobody else's: another merchant's same key is another key", async () => {
    const other = await aMerchant(product, shop.operator, shop.stripe);
    const input = { idempotencyKey: 'same' };
    const mine = await sendFile(shop, 'chargeAgreements', chargesCsv(1, 'same'), input);
    const theirs = await sendFile(other, 'chargeAgreements', chargesCsv(1, 'same'), input);
    expect(theirs.operation.id).not.toBe(mine.operation.id);
    expect(await bulkOperation(other, mine.operation.id)).toBeNull();
  });

  it('that is malformed is refused before anything of the file is read', async () => {
    const before = await stored();
    const refused = await sendFile(shop, 'chargeAgreements', chargesCsv(1), { idempotencyKey: 'ключ' });
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['idempotencyKey'] }] });
    expect(await stored()).toEqual(before);
  });
});

describe('an operation whose file is still to be put', () => {
  it('is made once for a key', async () => {
    const input = { idempotencyKey: 'put-1' };
    const made = await Promise.all([1, 2, 3].map(() => awaitingFile(shop, 'createAgreements', input)));
    expect(new Set(made.map(({ operation }) => operation.id)).size).toBe(1);
    expect((await awaitingFile(shop, 'createAgreements', input)).operation).toEqual(made[0]?.operation);
    expect(await awaitingFile(shop, 'createAgreements', { ...input, dryRun: true })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
  });
});
