import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

export type ApiKeyMode = 'test' | 'live';
/** Whose key it is: the platform's, an operator's or a merchant's. */
export type ApiKeyKind = 'plat' | 'op' | 'mer';

export interface NewApiKey {
  /** Shown once and stored nowhere. */
  readonly key: string;
  /** SHA-256 in hex: enough for 256 random bits, which no dictionary holds. */
  readonly hash: string;
  readonly hint: string;
}

export interface ParsedApiKey {
  readonly mode: ApiKeyMode;
  readonly kind: ApiKeyKind;
  readonly hash: string;
}

/** Letters and digits only, so that a double click selects the whole key. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_BYTES = 32;
const RANDOM_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
const HINT_DIGITS = 4;
/** The longest key has 66 characters; a longer text is not hashed. */
const KEY_CHARS_MAX = 80;
const FORM = /^(qtt_(test|live)_(plat|op|mer)_[0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/** `qtt_test_mer_<256 random bits>_<checksum>`: the prefix lets scanners of repositories recognise a leaked key. */
export function newApiKey({ mode, kind }: { readonly mode: ApiKeyMode; readonly kind: ApiKeyKind }): NewApiKey {
  const random = BigInt(`0x${randomBytes(RANDOM_BYTES).toString('hex')}`);
  const body = `qtt_${mode}_${kind}_${base62(random, RANDOM_DIGITS)}`;
  const key = `${body}_${checksumOf(body)}`;
  return { key, hash: sha256(key), hint: `qtt_${mode}_${kind}_…${key.slice(-HINT_DIGITS)}` };
}

/** Null for what cannot be a key of ours: the checksum spares the database a query for every guess and typing mistake. */
export function parseApiKey(text: string): ParsedApiKey | null {
  if (text.length > KEY_CHARS_MAX) return null;
  const [, body, mode, kind, checksum] = FORM.exec(text) ?? [];
  if (!body || !checksum || !isMode(mode) || !isKind(kind)) return null;
  return checksum === checksumOf(body) ? { mode, kind, hash: sha256(text) } : null;
}

/** Takes as long for digests that differ at once as for those that differ at the end. */
export function equalDigests(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'hex'), Buffer.from(right, 'hex')];
  return a.length > 0 && a.length === b.length && timingSafeEqual(a, b);
}

function isMode(text: string | undefined): text is ApiKeyMode {
  return text === 'test' || text === 'live';
}

function isKind(text: string | undefined): text is ApiKeyKind {
  return text === 'plat' || text === 'op' || text === 'mer';
}

function checksumOf(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function base62(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text;
  return text;
}
