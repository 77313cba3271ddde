/** What the ledger knows of an order's money; all of it in the order's currency. */
export type OrderMoney = {
  readonly captured: bigint;
  readonly refunded: bigint;
  /** Withdrawn for disputes, as the payment system's movements tell it, less what came back. */
  readonly disputed: bigint;
  /** Captured, and not to be paid out yet. Below zero for a moment where that time comes before the capture is known. */
  readonly unavailable: bigint;
};

export const NO_MONEY: OrderMoney = { captured: 0n, refunded: 0n, disputed: 0n, unavailable: 0n };

/** What is left to the merchant of an order; below zero where more was taken back than was captured. */
export function netOf({ captured, refunded, disputed }: OrderMoney): bigint {
  return captured - refunded - disputed;
}

/**
 * The part of the net that is not available yet. What is given back before it
 * was available is taken from what is pending, so that a refund of the same day
 * never makes a merchant's available balance negative. Computed from sums, not
 * from steps, so the order in which news arrives makes no difference in the end.
 */
export function pendingOf(money: OrderMoney): bigint {
  return least(most(netOf(money), 0n), most(money.unavailable, 0n));
}

export function availableOf(money: OrderMoney): bigint {
  return netOf(money) - pendingOf(money);
}

/** What a change of an order's money does to its merchant's two balances. */
export function splitChange(
  before: OrderMoney,
  after: OrderMoney,
): { readonly pending: bigint; readonly available: bigint } {
  return {
    pending: pendingOf(after) - pendingOf(before),
    available: availableOf(after) - availableOf(before),
  };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
