import { later } from '../../kernel/clock.js';
import { publicId, uuidOf } from '../../kernel/ids.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { SignedLinks } from '../../platform/secrets/signed-links.js';
import type { StatementWanted } from './statements.js';

const VALID_MS = 15 * 60_000;

/** Links to statements, each for one statement and a quarter of an hour. */
export class StatementLinks {
  readonly #links: SignedLinks;

  /** The address is without a slash at its end. */
  constructor(
    keys: MasterKeys,
    private readonly publicUrl: string,
  ) {
    this.#links = new SignedLinks(keys, 'sign statement links');
  }

  make(wanted: StatementWanted, now: Date): { readonly url: string; readonly expiresAt: Date } {
    const { merchantId, operatorId, mode, currency, from, to } = wanted;
    const expiresAt = later(now, VALID_MS);
    const fields = [publicId('merchant', merchantId), publicId('operator', operatorId), mode, currency, from, to];
    return { url: `${this.publicUrl}/statements/${this.#links.sign(fields, expiresAt)}.csv`, expiresAt };
  }

  /** What a link's token is for; null for one that was not made here, or whose time is over. */
  read(token: string, now: Date): StatementWanted | null {
    const [merchant = '', operator = '', mode, currency, from, to] = this.#links.read(token, now) ?? [];
    const merchantId = uuidOf('merchant', merchant);
    const operatorId = uuidOf('operator', operator);
    if (!merchantId || !operatorId || !currency || !from || !to) return null;
    return { operatorId, merchantId, mode: mode === 'LIVE' ? 'LIVE' : 'TEST', currency, from, to };
  }
}
