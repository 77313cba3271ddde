const MASK = 2n ** 64n - 1n;
const FNV_OFFSET = 0xcbf29ce484222325n;
const FNV_PRIME = 0x100000001b3n;
const GOLDEN_GAMMA = 0x9e3779b97f4a7c15n;

/**
 * A number from 0 to `max`, both included, each as likely as another, and always
 * the same for the same key: FNV-1a makes a state of the key and SplitMix64 draws
 * from it. Anybody who knows the key can tell it beforehand, so it is no secret.
 */
export function drawUpTo(max: bigint, key: string): bigint {
  if (max < 0n || max > MASK) throw new RangeError(`max: ${max} is not from 0 to ${MASK}`);
  const choices = max + 1n;
  // Draws of the last, incomplete round would favour the small numbers; there are hardly ever any.
  const fairBelow = MASK + 1n - ((MASK + 1n) % choices);
  for (let state = fnv1a(key) + GOLDEN_GAMMA; ; state += GOLDEN_GAMMA) {
    const draw = splitMix64(state & MASK);
    if (draw < fairBelow) return draw % choices;
  }
}

function fnv1a(text: string): bigint {
  let hash = FNV_OFFSET;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * FNV_PRIME) & MASK;
  return hash;
}

function splitMix64(state: bigint): bigint {
  let mixed = state;
  mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return mixed ^ (mixed >> 31n);
}
