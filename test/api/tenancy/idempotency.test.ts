import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMerchant, ownerOf } from '../../../src/features/tenancy/index.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import { forgetOldIdempotencyKeys } from '../../../src/platform/idempotency/forget-old-idempotency-keys.js';
import {
  CLAIM_KEY,
  claimParameters,
  earlierResult,
  idempotently,
  keyOf,
  READ_KEY,
} from '../../../src/platform/idempotency/idempotently.js';
import { anOperator, asOwner, type OperatorAsker } from '../../support/tenancy.js';
import { startWorld, type World } from '../../support/tenancy-world.js';

const REQUEST = { owner: 'op:x:TEST', key: 'k', mutation: 'doIt', input: { amount: '1' } };

let world: World;
let operator: OperatorAsker;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(async () => {
  operator = await anOperator(world);
});
afterAll(() => world.close());

/** Works once per claimed key, slowly, and says which of the requests did it. */
function attempt(name: string, { fail = false, request = REQUEST } = {}): Promise<string> {
  return world.units.sql(operator.uuid, (transaction) =>
    idempotently(
      transaction,
      request,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        if (fail) throw new Error('failed');
        return { result: { doneBy: name }, value: name };
      },
      async ({ doneBy = '' }) => `replayed ${doneBy}`,
    ),
  );
}

describe('idempotently', () => {
  it('does the work once, however many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => attempt(`no. ${index}`)));
    const [winner = ''] = answers.filter((answer) => !answer.startsWith('replayed'));
    expect(answers.filter((answer) => answer === `replayed ${winner}`)).toHaveLength(5);
  });

  it('lets the next one through when the first fails', async () => {
    const first = attempt('first', { fail: true });
    await new Promise((resolve) => setTimeout(resolve, 10));
    const second = attempt('second');
    await expect(first).rejects.toThrow('failed');
    expect(await second).toBe('second');
  });

  it('refuses the same key for something else', async () => {
    await attempt('first');
    const refused = expect.objectContaining({ code: 'IDEMPOTENCY_KEY_REUSED' });
    await expect(attempt('x', { request: { ...REQUEST, input: { amount: '2' } } })).rejects.toEqual(refused);
    await expect(attempt('x', { request: { ...REQUEST, mutation: 'undoIt' } })).rejects.toEqual(refused);
    expect(await attempt('x', { request: { ...REQUEST, owner: 'op:x:LIVE', input: { amount: '2' } } })).toBe('x');
  });

  it('simply works where no key is given', async () => {
    const work = async () => ({ result: {}, value: 'done' });
    const answers = await world.units.sql(operator.uuid, async (transaction) => [
      await idempotently(transaction, { ...REQUEST, key: undefined } as never, work, async () => 'replayed'),
      await idempotently(transaction, null, work, async () => 'replayed'),
    ]);
    expect(answers).toEqual(['done', 'done']);
  });

  it('writes the key and the effect together or neither', async () => {
    const failing = world.units.run(operator.uuid, async (uow) => {
      await createMerchant(uow, { name: 'Lost' }, REQUEST);
      throw new Error('at the very end');
    });
    await expect(failing).rejects.toThrow('at the very end');
    const keys = await asOwner(world, 'select key from idempotency_keys where operator_id = $1', [operator.uuid]);
    expect(keys).toEqual([]);
    const made = await world.units.run(operator.uuid, (uow) => createMerchant(uow, { name: 'Kept' }, REQUEST));
    const again = await world.units.run(operator.uuid, (uow) => createMerchant(uow, { name: 'Kept' }, REQUEST));
    expect(again).toMatchObject({ id: made.id, name: 'Kept' });
  });
});

describe('the owner of a key', () => {
  it('is whom the API key acts for, so that two of its keys share their idempotency keys', async () => {
    const merchant = await operator.aMerchant({ idempotencyKey: 'shop' });
    const principal = await world.authenticate(`Bearer ${operator.key}`);
    const rows = await asOwner(world, 'select owner, result from idempotency_keys where operator_id = $1', [
      operator.uuid,
    ]);
    expect(rows).toEqual([{ owner: ownerOf(principal), result: { merchantId: merchant.uuid } }]);
  });
});

describe('the claim as one of several statements sent at once', () => {
  const claim = (result: Record<string, string>) =>
    world.units.sql(operator.uuid, async (transaction: Transaction) => {
      const [claimed, kept] = await Promise.all([
        transaction.query(CLAIM_KEY, claimParameters(transaction, REQUEST, result)),
        transaction.query(READ_KEY, keyOf(transaction, REQUEST)),
      ]);
      return earlierResult(REQUEST, claimed, kept);
    });

  it('says null to the one whose work it is, and its result to the others', async () => {
    const answers = await Promise.all([claim({ id: 'a' }), claim({ id: 'b' }), claim({ id: 'c' })]);
    expect(answers.filter((answer) => answer === null)).toHaveLength(1);
    expect(new Set(answers.filter((answer) => answer !== null).map((answer) => answer.id)).size).toBe(1);
  });
});

describe('forgetOldIdempotencyKeys', () => {
  it('keeps a week, and what is younger', async () => {
    await attempt('old');
    await asOwner(world, "update idempotency_keys set created_at = now() - interval '8 days' where operator_id = $1", [
      operator.uuid,
    ]);
    await attempt('young', { request: { ...REQUEST, key: 'young' } });
    const other = await anOperator(world);
    expect(await world.units.sql(other.uuid, forgetOldIdempotencyKeys)).toBe(0);
    expect(await world.units.sql(operator.uuid, forgetOldIdempotencyKeys)).toBe(1);
    expect(await attempt('anew')).toBe('anew');
  });
});
