import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const POOL_BYTES = 8192;

let pool = Buffer.alloc(0);
let used = 0;

/** Random letters from a pool: a payment makes a dozen ids, and asking the system for each is slow. */
export function randomText(length: number): string {
  if (used + length > pool.length) {
    pool = randomBytes(Math.max(POOL_BYTES, length));
    used = 0;
  }
  let text = '';
  for (let index = 0; index < length; index += 1) {
    text += ALPHABET[(pool[used + index] ?? 0) % ALPHABET.length];
  }
  used += length;
  return text;
}

export function newId(prefix: string, length = 24): string {
  return `${prefix}_${randomText(length)}`;
}
