import { publicId } from '../../kernel/ids.js';
import type { OpenedPage } from '../orders/index.js';

/** The payment system was asked, and has nothing of it: the same may be asked again. */
const NEVER_ARRIVED = 'not_carried_out';

/**
 * Why the payment system will not open a page for the order, whoever asks and
 * however often: somebody has to mend the account or the order. Null where it
 * may well open one the next time. Nothing of the payer is in it.
 */
export function refusalOfPage({ file }: OpenedPage): Error | null {
  const { order, operations } = file;
  const last = operations.findLast(({ request }) => request.page !== undefined);
  if (last?.status !== 'FAILED' || last.declineCode === NEVER_ARRIVED) return null;
  // A payment system may repeat what it was given.
  const email = last.request.receiptEmail;
  const message = email ? last.declineMessage?.replaceAll(email, '(the payer’s email)') : last.declineMessage;
  const reason = [last.declineCode, message].filter(Boolean).join(': ') || 'no reason given';
  return new Error(`the payment system refused to open a page for order ${publicId('order', order.id)}: ${reason}`);
}
