/** Random bytes are drawn for many ids at once: each call for some costs more than an id. */
const POOL = Buffer.alloc(4_096);
const POOL_BYTES_EACH = 10;
const SEQUENCE_MAX = 0xfff;

let drawn = POOL.length;
let lastMs = 0;
let sequence = 0;

/**
 * A new UUIDv7. Those of one process come in order even within a millisecond:
 * they count on in the twelve bits after the time, from a random beginning, as
 * RFC 9562 (6.2, method 1) has it. Also when the clock is set back.
 */
export function newUuid(): string {
  if (drawn + POOL_BYTES_EACH > POOL.length) {
    crypto.getRandomValues(POOL);
    drawn = 0;
  }
  const at = drawn;
  drawn += POOL_BYTES_EACH;

  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    // Its highest bit is left clear, so that there is room to count.
    sequence = POOL.readUInt16BE(at) & 0x7ff;
  } else if (sequence === SEQUENCE_MAX) {
    lastMs += 1;
    sequence = 0;
  } else sequence += 1;

  POOL[at + 2] = ((POOL[at + 2] ?? 0) & 0x3f) | 0x80;
  const time = lastMs.toString(16).padStart(12, '0');
  const random = POOL.toString('hex', at + 2, at + POOL_BYTES_EACH);
  const counted = sequence.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counted}-${random.slice(0, 4)}-${random.slice(4)}`;
}
