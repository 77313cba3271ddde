import { newUuid, publicId } from '../../kernel/ids.js';
import type { OrderRow } from '../orders/index.js';

/** What the order numbers of an agreement that nobody gave one are made of. */
type Referenced = { readonly reference: string };

export function firstNumber({ reference }: Referenced): string {
  return `${reference}-first`;
}

/** Of the order by which another means of payment is given. */
export function renewalNumber({ reference }: Referenced): string {
  return `${reference}-new-${newUuid().slice(-8)}`;
}

/** "gym-4711-3" for the third period; what has no number takes the end of its own id. */
export function chargeNumber({ reference }: Referenced, charge: { id: string; number: number | null }): string {
  return `${reference}-${charge.number ?? publicId('agreementCharge', charge.id).slice(-10)}`;
}

/** What may stand after the reference; a number that was taken has the end of the order's id after it. */
const OF_CHARGE = /^(?:\d+|[0-9a-z]{10})(?:-[0-9a-z]{6})?$/;
const OF_PAYER = /^(?:first|new-[0-9a-f]{8})(?:-[0-9a-z]{6})?$/;

/** Whether an order's number was made here, and so means nothing to its payer. */
export function isMadeNumber(
  { reference }: Referenced,
  { orderNumber, chargeId }: Pick<OrderRow, 'orderNumber' | 'chargeId'>,
): boolean {
  if (!orderNumber.startsWith(`${reference}-`)) return false;
  const rest = orderNumber.slice(reference.length + 1);
  return (chargeId === null ? OF_PAYER : OF_CHARGE).test(rest);
}
