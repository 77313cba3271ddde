/** What an invoice has counted of the money of one of its orders. */
export interface Share {
  /** Counted in what was paid of the invoice. */
  readonly taken: bigint;
  /** Came as well, and was not owed: given back, or told of. */
  readonly spare: bigint;
}

export interface MoneyNow {
  /** What the order brings, less what the payer's bank took back of it. */
  readonly brought: bigint;
  /** Given back by ourselves, or on its way back. What was spare goes back first. */
  readonly gone: bigint;
  readonly due: bigint;
}

export interface Moved extends Share {
  /** New money that pays the invoice. */
  readonly applied: bigint;
  /** New money that is more than was owed. */
  readonly surplus: bigint;
  /** Money that had paid the invoice, and is gone. */
  readonly lost: bigint;
}

/**
 * What has changed since an invoice last looked at an order. Only the change
 * counts: so news that is told twice, late, or after another order has paid
 * meanwhile moves nothing twice. Nobody pays more than is owed, and what a bank
 * takes back is first what was not the invoice's and is still here.
 */
export function moneyMoved({ taken, spare }: Share, { brought, gone, due }: MoneyNow): Moved {
  const change = brought - taken - spare;
  if (change >= 0n) {
    const applied = smaller(change, due);
    const surplus = change - applied;
    return { taken: taken + applied, spare: spare + surplus, applied, surplus, lost: 0n };
  }
  const spareLeft = spare > gone ? spare - gone : 0n;
  const lost = smaller(taken, -change - smaller(-change, spareLeft));
  return { taken: taken - lost, spare: brought - taken + lost, applied: 0n, surplus: 0n, lost };
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
