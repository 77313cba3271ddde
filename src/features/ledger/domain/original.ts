/**
 * How much of a payment a movement is, where it was exchanged. The rate and the
 * amount were rounded by the payment system, so that parts of a payment would not
 * come to the whole: what is as good as the rest that is awaited is that rest.
 * `movements` is how many there are of the order with this one, each rounded for
 * itself.
 */
export function originalOf(
  { amount, original }: { readonly amount: bigint; readonly original: bigint },
  awaited: bigint,
  movements: number,
): bigint {
  const unit = amount === 0n ? size(original) : size(original) / size(amount) + 1n;
  const unsure = unit * BigInt(movements) + (size(original) * RATE_PARTS) / 1_000_000n;
  return size(awaited - original) <= unsure ? awaited : original;
}

/** Rates have five digits: in millionths, what the last of them may be off. */
const RATE_PARTS = 100n;

function size(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}
