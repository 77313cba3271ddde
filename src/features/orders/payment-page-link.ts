import { createHmac, timingSafeEqual } from 'node:crypto';
import { publicId, uuidOf } from '../../kernel/ids.js';
import { deriveKey } from '../../platform/secrets/derived.js';
import type { MasterKey, MasterKeys } from '../../platform/secrets/master-keys.js';
import { isUnpaid, type OrderRow } from './order-rows.js';

const KEY_BYTES = 32;
const TOKEN = /^(ord_[0-9a-z]{26})\.([A-Za-z0-9_-]{43})$/;

/**
 * Links to the page on which a payer pays an order. Whoever has one may pay,
 * and see what a payer must see; it names the order and proves that it was
 * made here, so that nothing has to be kept of it and none can be guessed.
 */
export class PaymentPageLinks {
  readonly #publicUrl: string;
  readonly #keys: MasterKeys;

  /** The address is without a slash at its end. */
  constructor(keys: MasterKeys, publicUrl: string) {
    this.#keys = keys;
    this.#publicUrl = publicUrl;
  }

  /** The link for an order by its UUID. */
  make(orderId: string): string {
    const id = publicId('order', orderId);
    return `${this.#publicUrl}/pay/${id}.${proofOf(this.#keys.current, id).toString('base64url')}`;
  }

  /** The link for an order as long as it may be paid; null for one that somebody has paid, or nobody will. */
  urlOf(order: OrderRow): string | null {
    return isUnpaid(order) ? this.make(order.id) : null;
  }

  /** The UUID of the order that a link's token is for; null for every token that was not made here. */
  read(token: string): string | null {
    const [, id, text] = TOKEN.exec(token) ?? [];
    if (!id || !text) return null;
    const proof = Buffer.from(text, 'base64url');
    const isOurs = this.#keys.all.some((key) => timingSafeEqual(proofOf(key, id), proof));
    return isOurs ? uuidOf('order', id) : null;
  }
}

function proofOf({ key }: MasterKey, id: string): Buffer {
  return createHmac('sha256', deriveKey(key, 'sign payment page links', KEY_BYTES))
    .update(id)
    .digest();
}
