/** What a page tells its payer of an order, whatever it is called inside. */
export type PageState =
  | 'PAYABLE'
  | 'OPENING'
  | 'CONFIRMING'
  | 'PROCESSING'
  | 'HELD'
  | 'PAID'
  | 'CHECKED'
  | 'REFUNDED'
  | 'DISPUTED'
  | 'CANCELED'
  | 'DECLINED'
  | 'EXPIRED'
  | 'CLOSED';

/** States in which something is expected to happen while the payer looks on. */
const IN_MOTION: ReadonlySet<PageState> = new Set(['OPENING', 'CONFIRMING', 'PROCESSING']);

export function isInMotion(state: PageState): boolean {
  return IN_MOTION.has(state);
}

const BY_STATUS = {
  CREATED: 'PAYABLE',
  REQUIRES_ACTION: 'PAYABLE',
  PROCESSING: 'PROCESSING',
  AUTHORIZED: 'HELD',
  PARTIALLY_CAPTURED: 'PAID',
  CAPTURED: 'PAID',
  PARTIALLY_REFUNDED: 'PAID',
  REFUNDED: 'REFUNDED',
  CANCELED: 'CANCELED',
  DECLINED: 'DECLINED',
  EXPIRED: 'EXPIRED',
  VERIFIED: 'CHECKED',
  DISPUTED: 'DISPUTED',
} as const satisfies Record<string, PageState>;

/** The statuses of an order; the compiler compares them with the orders' own where a page is made. */
export type KnownStatus = keyof typeof BY_STATUS;

/** Where in the course of paying the order is looked at. */
export interface Circumstances {
  /** The payer has come back from the payment system, which may not have said yet what came of it. */
  readonly cameBack: boolean;
  /** The payment system has not said yet whether it has a page open: nobody can have paid. */
  readonly isOpening: boolean;
  /** The order was ended before its time, by what it was part of. */
  readonly wasClosed: boolean;
}

/**
 * How an order is shown. Who has come back while a payment is under way is
 * asked to wait for news, and not to pay again; where none is, they may pay.
 * The payment system sends back only who is done: a card that was declined
 * before says nothing to them any more.
 */
export function pageState(status: KnownStatus, { cameBack, isOpening, wasClosed }: Circumstances): PageState {
  if (status === 'PROCESSING' && isOpening) return 'OPENING';
  if (status === 'EXPIRED' && wasClosed) return 'CLOSED';
  if (status === 'REQUIRES_ACTION' && cameBack) return 'CONFIRMING';
  return BY_STATUS[status];
}

/** Without scripts the page looks again after so many seconds, ever later, and then no more. */
const LOOK_AGAIN_SECONDS = [3, 5, 10, 20, 30, 60, 120, 300] as const;

/** After how many seconds a page that has looked `looks` times looks again; null: not by itself. */
export function lookAgainAfter(looks: number): number | null {
  return LOOK_AGAIN_SECONDS[looks] ?? null;
}
