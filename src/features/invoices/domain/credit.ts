import { taxOf } from './item-amounts.js';

/** An item of a closed invoice, and how much of it no credit note has taken back. */
export interface CreditableItem {
  /** Percent; null: no tax is said. */
  readonly taxRate: string | null;
  readonly netLeft: bigint;
  readonly taxLeft: bigint;
}

/**
 * The tax that goes back with `net` of an item: rounded as the item's own was,
 * but whoever takes the last of the item takes exactly what is left of its tax.
 * So all notes of an item together never take back more tax than it had, and
 * when nothing is left of its net, nothing is left of its tax.
 */
export function creditedTax({ taxRate, netLeft, taxLeft }: CreditableItem, net: bigint): bigint {
  if (net === netLeft) return taxLeft;
  return smaller(taxOf(net, taxRate), taxLeft);
}

/** What became of an invoice's money so far. */
export interface Settled {
  /** In money, by the order that paid it or past us. */
  readonly paid: bigint;
  /** Of the payer's credit. */
  readonly creditApplied: bigint;
  /** Given back in money, by whatever way. */
  readonly refunded: bigint;
  /** Turned into the payer's credit by earlier notes. */
  readonly toBalance: bigint;
}

/** What of a paid invoice can still be given back in all: what was given for it, less what went back already. */
export function returnable({ paid, creditApplied, refunded, toBalance }: Settled): bigint {
  return atLeastNothing(paid + creditApplied - refunded - toBalance);
}

/** What of that can go back as money: never more than came as money. */
export function refundableMoney(settled: Settled): bigint {
  return smaller(atLeastNothing(settled.paid - settled.refunded), returnable(settled));
}

/** What of the money must stay, because its payer has it as credit. What was paid with credit is given back as credit first. */
export function keptForBalance({ creditApplied }: Pick<Settled, 'creditApplied'>, toBalance: bigint): bigint {
  return atLeastNothing(toBalance - creditApplied);
}

function atLeastNothing(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
