export interface BalanceWatch {
  /** In minor units. A balance of exactly this is not below it. */
  readonly threshold: bigint;
  /** Whether the last reported balance was. */
  readonly isBelow: boolean;
}

export interface BalanceReported {
  readonly isBelow: boolean;
  readonly charge: boolean;
}

/**
 * Charges once each time a balance falls below the threshold. It goes on being
 * reported low while the top-up is under way or was declined, and charging on
 * each report would top it up as often as the merchant looks.
 */
export function onReportedBalance({ threshold, isBelow: wasBelow }: BalanceWatch, balance: bigint): BalanceReported {
  const isBelow = balance < threshold;
  return { isBelow, charge: isBelow && !wasBelow };
}
