import { createHmac, timingSafeEqual } from 'node:crypto';
import { later } from '../../kernel/clock.js';
import { publicId, uuidOf } from '../../kernel/ids.js';
import { deriveKey } from '../../platform/secrets/derived.js';
import type { MasterKey, MasterKeys } from '../../platform/secrets/master-keys.js';
import type { StatementWanted } from './statements.js';

const KEY_BYTES = 32;
const VALID_MS = 15 * 60_000;
const DAY = String.raw`(\d{4}-\d\d-\d\d)`;
const TOKEN = new RegExp(
  String.raw`^((mer_[0-9a-z]{26})\.(op_[0-9a-z]{26})\.(TEST|LIVE)\.([A-Z]{3})\.${DAY}\.${DAY}\.(\d{13}))\.([A-Za-z0-9_-]{43})$`,
);

/**
 * Links to statements. One says itself what it is for and until when, and
 * proves that it was made here: nothing is kept of it, and none can be guessed.
 */
export class StatementLinks {
  /** The address is without a slash at its end. */
  constructor(
    private readonly keys: MasterKeys,
    private readonly publicUrl: string,
  ) {}

  make(wanted: StatementWanted, now: Date): { readonly url: string; readonly expiresAt: Date } {
    const { merchantId, operatorId, mode, currency, from, to } = wanted;
    const expiresAt = later(now, VALID_MS);
    const whose = [publicId('merchant', merchantId), publicId('operator', operatorId), mode];
    const names = [...whose, currency, from, to, expiresAt.getTime()].join('.');
    const proof = proofOf(this.keys.current, names).toString('base64url');
    return { url: `${this.publicUrl}/statements/${names}.${proof}.csv`, expiresAt };
  }

  /** What a link's token is for; null for one that was not made here, or whose time is over. */
  read(token: string, now: Date): StatementWanted | null {
    const [, names = '', merchant = '', operator = '', mode, currency = '', from = '', to = '', until = '', text = ''] =
      TOKEN.exec(token) ?? [];
    const proof = Buffer.from(text, 'base64url');
    const isOurs = text !== '' && this.keys.all.some((key) => timingSafeEqual(proofOf(key, names), proof));
    const merchantId = uuidOf('merchant', merchant);
    const operatorId = uuidOf('operator', operator);
    if (!isOurs || !merchantId || !operatorId || Number(until) <= now.getTime()) return null;
    return { operatorId, merchantId, mode: mode === 'LIVE' ? 'LIVE' : 'TEST', currency, from, to };
  }
}

function proofOf({ key }: MasterKey, names: string): Buffer {
  return createHmac('sha256', deriveKey(key, 'sign statement links', KEY_BYTES))
    .update(names)
    .digest();
}
