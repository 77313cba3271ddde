import { describe, expect, it } from '@jest/globals';
import { withFreeNumbers, withNumber } from '../../../src/features/agreements/free-numbers.js';

const violated = (constraint: string) => Object.assign(new Error(constraint), { code: '23505', constraint });
const NUMBER = violated('orders_number_held');
const BILL = violated('orders_bill_number_unique');

/** Fails with each of the errors in turn, then tells what it was told. */
function failing(...errors: Error[]) {
  const told: boolean[] = [];
  const claim = async (isNumberTaken: boolean) => {
    told.push(isNumberTaken);
    const error = errors[told.length - 1];
    if (error) throw error;
    return told;
  };
  return { claim, told };
}

describe('a claim', () => {
  it.each([
    ['at once', [], [false]],
    ['again where its bill number is taken', [BILL, BILL], [false, false, false]],
    ['again with another number where its own is taken', [NUMBER], [false, true]],
    ['again, and remembers that its own is taken', [NUMBER, BILL], [false, true, true]],
  ])('succeeds %s', async (_name, errors, told) => {
    expect(await withFreeNumbers(failing(...errors).claim)).toEqual(told);
  });

  it('is not tried for ever', async () => {
    const { claim, told } = failing(...Array<Error>(9).fill(BILL));
    await expect(withFreeNumbers(claim)).rejects.toBe(BILL);
    expect(told).toHaveLength(5);
  });

  it.each([violated('orders_charge_held'), new Error('else')])(
    'fails with whatever else went wrong: %s',
    async (error) => {
      const { claim, told } = failing(error);
      await expect(withFreeNumbers(claim)).rejects.toBe(error);
      expect(told).toHaveLength(1);
    },
  );

  it('whose number the caller chose is refused in words', async () => {
    await expect(withNumber('gym-3', failing(NUMBER).claim)).rejects.toMatchObject({ code: 'DUPLICATE_ORDER_NUMBER' });
    expect(await withNumber(null, failing(NUMBER).claim)).toEqual([false, true]);
  });
});
