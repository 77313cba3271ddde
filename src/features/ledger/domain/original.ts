/** What an order was captured, or refunded, and how many movements tell of it with this one. */
export interface Told {
  readonly whole: bigint;
  /** What the others have not told of yet. */
  readonly awaited: bigint;
  readonly movements: number;
}

/** The payment system's rates have five digits: how much of an amount the last one may be off, in millionths. */
const RATE_PARTS = 100n;

/**
 * How much of a payment a movement is, where it was exchanged. The rate and each
 * amount were rounded by the payment system, so that parts of a payment would not
 * come to the whole: what is as good as the rest that is awaited is that rest.
 */
export function originalOf(
  { amount, original }: { readonly amount: bigint; readonly original: bigint },
  { whole, awaited, movements }: Told,
): bigint {
  const unit = amount === 0n ? size(original) : size(original) / size(amount) + 1n;
  const unsure = unit * BigInt(movements) + (most(size(original), whole) * RATE_PARTS) / 1_000_000n;
  return size(awaited - original) <= unsure ? awaited : original;
}

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
