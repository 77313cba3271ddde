import type { z } from 'zod';
import { later } from '../../kernel/clock.js';
import { invalidInput } from '../../kernel/errors.js';
import type { MasterKeys } from '../secrets/master-keys.js';
import { SignedLinks, TOKEN_CHARS_MAX } from '../secrets/signed-links.js';

const VALID_MS = 15 * 60_000;
/** What stands beside the claims: the end and the proof, with their dots. */
const REST_CHARS = 60;

export interface DownloadLink {
  readonly url: string;
  readonly expiresAt: Date;
}

/** What is claimed by a link beside its own: whose it is. */
export interface Claims {
  readonly operatorId: string;
}

export interface DownloadKind<Claimed extends Claims> {
  /** Where the links lead, and the purpose by which they are signed: "exports/orders". */
  readonly path: string;
  readonly extension: 'csv' | 'pdf';
  readonly claims: z.ZodType<Claimed>;
}

/** Links to files of one kind, each for what it claims and a quarter of an hour. */
export class DownloadLinks<Claimed extends Claims> {
  readonly #links: SignedLinks;

  /** The address is without a slash at its end. */
  constructor(
    readonly kind: DownloadKind<Claimed>,
    keys: MasterKeys,
    private readonly publicUrl: string,
  ) {
    this.#links = new SignedLinks(keys, `sign links to ${kind.path}`);
  }

  make(claims: Claimed, now: Date): DownloadLink {
    const field = Buffer.from(JSON.stringify(claims)).toString('base64url');
    if (field.length + REST_CHARS > TOKEN_CHARS_MAX) {
      throw invalidInput([{ path: ['filter'], message: 'is too long for a link to carry' }]);
    }
    const expiresAt = later(now, VALID_MS);
    const { path, extension } = this.kind;
    return { url: `${this.publicUrl}/${path}/${this.#links.sign([field], expiresAt)}.${extension}`, expiresAt };
  }

  /** What the last part of an address claims; null for one that was not made here, or whose time is over. */
  read(name: string, now: Date): Claimed | null {
    const ending = `.${this.kind.extension}`;
    const [field] = (name.endsWith(ending) && this.#links.read(name.slice(0, -ending.length), now)) || [];
    if (field === undefined) return null;
    return this.kind.claims.safeParse(JSON.parse(Buffer.from(field, 'base64url').toString())).data ?? null;
  }
}
