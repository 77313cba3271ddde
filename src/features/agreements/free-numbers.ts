import { DomainError } from '../../kernel/errors.js';
import { publicId } from '../../kernel/ids.js';
import { violatedConstraint } from '../../platform/database/sql.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { OrderFile } from '../orders/index.js';
import { HELD_NUMBERS } from './agreements-sql.js';

/** Bill numbers are drawn, and merchants number orders of their own: each may be taken, and hardly ever twice. */
const TRIES_MAX = 5;

/**
 * Runs `claim` once more when the number of an order that it made was taken,
 * and tells it so: a merchant's own order called "gym-3" must not keep the
 * third period from being charged, nor everybody else's beside it.
 */
export async function withFreeNumbers<Result>(claim: (isNumberTaken: boolean) => Promise<Result>): Promise<Result> {
  let isNumberTaken = false;
  for (let tries = 1; ; tries += 1) {
    try {
      return await claim(isNumberTaken);
    } catch (error) {
      const constraint = violatedConstraint(error);
      const isNumber = constraint === 'orders_number_held';
      if (tries >= TRIES_MAX || (!isNumber && constraint !== 'orders_bill_number_unique')) throw error;
      isNumberTaken ||= isNumber;
    }
  }
}

/** The same where the caller may have chosen the number: then it is theirs to choose another. */
export function withNumber<Result>(
  orderNumber: string | null,
  claim: (isNumberTaken: boolean) => Promise<Result>,
): Promise<Result> {
  return withFreeNumbers((isNumberTaken) => {
    if (!isNumberTaken || orderNumber === null) return claim(isNumberTaken);
    throw new DomainError(
      'DUPLICATE_ORDER_NUMBER',
      `orderNumber: "${orderNumber}" belongs to an order that is live or paid; leave it out to have one made`,
    );
  });
}

/** With the end of its own id a number is nobody else's. */
export function renumber({ order }: OrderFile): void {
  order.orderNumber = `${order.orderNumber}-${publicId('order', order.id).slice(-6)}`;
}

/** Renumbers those of many whose numbers are taken. */
export async function renumberTaken(transaction: Transaction, files: readonly OrderFile[]): Promise<void> {
  const orders = files.map(({ order }) => order);
  const held = await transaction.query<NumberKey>(HELD_NUMBERS, [
    transaction.operatorId,
    orders.map(({ merchantId }) => merchantId),
    orders.map(({ mode }) => mode),
    orders.map(({ orderNumber }) => orderNumber),
  ]);
  const taken = new Set(held.map(keyOf));
  for (const file of files) if (taken.has(keyOf(file.order))) renumber(file);
}

type NumberKey = { merchantId: string; mode: string; orderNumber: string };

function keyOf({ merchantId, mode, orderNumber }: NumberKey): string {
  return `${merchantId} ${mode} ${orderNumber}`;
}
