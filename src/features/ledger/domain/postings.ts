import { Money } from '../../../kernel/money.js';
import type { Account, PostingKind } from './accounts.js';
import { type OrderMoney, splitChange } from './order-money.js';

/** One side of a posting: credit is positive. */
export interface Line {
  readonly account: Account;
  readonly amount: Money;
}

/** A fact in double entry: its lines come to nothing in every currency. */
export interface Posting {
  readonly kind: PostingKind;
  readonly lines: readonly Line[];
}

/** A movement of the payment system's own balance, as far as the ledger is concerned; signed, what comes in is positive. */
export interface Movement {
  readonly kind: string;
  /** In the currency in which the account settles. */
  readonly amount: Money;
  readonly fee: Money;
  readonly net: Money;
  /** In the payment's own currency. */
  readonly original: Money;
}

/** A change of an order's money: its merchant's balances on one side, the payment system on the other. */
export function orderPosting(
  kind: PostingKind,
  before: OrderMoney,
  after: OrderMoney,
  of: (minor: bigint) => Money,
): Posting {
  return {
    kind,
    lines: filled([...merchantLines(before, after, of), line('CLEARING', of(totalOf(before, after)), -1n)]),
  };
}

/** What was pending is available: between the merchant's own balances. */
export function availabilityPosting(before: OrderMoney, after: OrderMoney, of: (minor: bigint) => Money): Posting {
  return { kind: 'AVAILABILITY', lines: filled(merchantLines(before, after, of)) };
}

/**
 * What a movement adds to a capture or refund that was posted already, when the
 * order changed: the exchange into the currency of settlement, and the fee.
 */
export function followingPostings({ amount, fee, original }: Movement): readonly Posting[] {
  return posted([
    ...(amount.currency === original.currency ? [] : [exchange(amount, original)]),
    { kind: 'FEE', lines: [line('FEES', fee, -1n), line('CLEARING', fee)] },
  ]);
}

/** A dispute is known by its movement alone, so that it moves the merchant's balance, too. */
export function disputePostings(movement: Movement, before: OrderMoney, after: OrderMoney): readonly Posting[] {
  const { original } = movement;
  const kind = movement.kind === 'DISPUTE' ? 'DISPUTE' : 'DISPUTE_REVERSAL';
  const of = (minor: bigint): Money => Money.of(minor, original.currency);
  return [...posted([orderPosting(kind, before, after, of)]), ...followingPostings(movement)];
}

/** What has no order of ours: payouts, and whatever else the operator does with its account. */
export function accountPostings({ kind, amount, fee, net }: Movement): readonly Posting[] {
  if (kind !== 'PAYOUT' && kind !== 'PAYOUT_FAILURE')
    return posted([{ kind: 'OTHER', lines: [line('OTHER', net), line('CLEARING', net, -1n)] }]);
  return posted([{ kind, lines: [line('PAYOUTS', amount), line('OTHER', fee, -1n), line('CLEARING', net, -1n)] }]);
}

/** What the operator passed on to a merchant; with it goes what the merchant bears of the fees. */
export function settlementPosting(amount: Money, fees: Money): Posting {
  return {
    kind: 'SETTLEMENT',
    lines: filled([line('AVAILABLE', amount.plus(fees), -1n), line('SETTLEMENTS', amount), line('FEES', fees)]),
  };
}

function exchange(amount: Money, original: Money): Posting {
  return {
    kind: 'EXCHANGE',
    lines: [
      line('CLEARING', original),
      line('EXCHANGE', original, -1n),
      line('EXCHANGE', amount),
      line('CLEARING', amount, -1n),
    ],
  };
}

function merchantLines(before: OrderMoney, after: OrderMoney, of: (minor: bigint) => Money): Line[] {
  const { pending, available } = splitChange(before, after);
  return [line('PENDING', of(pending)), line('AVAILABLE', of(available))];
}

function totalOf(before: OrderMoney, after: OrderMoney): bigint {
  const { pending, available } = splitChange(before, after);
  return pending + available;
}

function line(account: Account, amount: Money, times: 1n | -1n = 1n): Line {
  return { account, amount: Money.of(amount.minor * times, amount.currency) };
}

function filled(lines: readonly Line[]): Line[] {
  return lines.filter(({ amount }) => !amount.isZero());
}

/** Without what comes to nothing: a posting without lines would say that something happened. */
function posted(postings: readonly Posting[]): Posting[] {
  return postings
    .map((posting) => ({ ...posting, lines: filled(posting.lines) }))
    .filter(({ lines }) => lines.length > 0);
}
