import { createHmac, timingSafeEqual } from 'node:crypto';
import { publicId, uuidOf } from '../../kernel/ids.js';
import { deriveKey } from '../../platform/secrets/derived.js';
import type { MasterKey, MasterKeys } from '../../platform/secrets/master-keys.js';
import { isUnpaid, type OrderRow } from './order-rows.js';

const KEY_BYTES = 32;
const TOKEN = /^((ord_[0-9a-z]{26})\.(op_[0-9a-z]{26}))\.([A-Za-z0-9_-]{43})$/;

/** By their UUIDs. */
export interface LinkedOrder {
  readonly operatorId: string;
  readonly orderId: string;
}

/**
 * Links to the page on which a payer pays an order. Whoever has one may pay,
 * and see what a payer must see; it names the order and its operator, so that
 * the order is looked up where it is, and proves that it was made here, so that
 * nothing has to be kept of it and none can be guessed.
 */
export class PaymentPageLinks {
  readonly #publicUrl: string;
  readonly #keys: MasterKeys;

  /** The address is without a slash at its end. */
  constructor(keys: MasterKeys, publicUrl: string) {
    this.#keys = keys;
    this.#publicUrl = publicUrl;
  }

  /** The link for an order by its UUID and its operator's. */
  make({ operatorId, orderId }: LinkedOrder): string {
    const names = `${publicId('order', orderId)}.${publicId('operator', operatorId)}`;
    return `${this.#publicUrl}/pay/${names}.${proofOf(this.#keys.current, names).toString('base64url')}`;
  }

  /** The link for an order as long as it may be paid; null for one that somebody has paid, or nobody will. */
  urlOf(operatorId: string, order: OrderRow): string | null {
    return isUnpaid(order) ? this.make({ operatorId, orderId: order.id }) : null;
  }

  /** The order that a link's token is for; null for every token that was not made here. */
  read(token: string): LinkedOrder | null {
    const [, names = '', order = '', operator = '', text = ''] = TOKEN.exec(token) ?? [];
    const proof = Buffer.from(text, 'base64url');
    const isOurs = text !== '' && this.#keys.all.some((key) => timingSafeEqual(proofOf(key, names), proof));
    const orderId = uuidOf('order', order);
    const operatorId = uuidOf('operator', operator);
    return isOurs && orderId && operatorId ? { operatorId, orderId } : null;
  }
}

function proofOf({ key }: MasterKey, names: string): Buffer {
  return createHmac('sha256', deriveKey(key, 'sign payment page links', KEY_BYTES))
    .update(names)
    .digest();
}
