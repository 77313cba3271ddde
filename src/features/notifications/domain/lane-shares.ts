/** Lanes of this process at once. Those that take nothing, or take their time, have places of their own. */
const QUICK_MAX = 128;
const SLOW_MAX = 512;

/** Of those that are slow, or have yet to take something: an order may name any address, and so may all of a merchant's. */
const SHARE = { operator: 64, merchant: 16 } as const;

/** Somebody who has a lane. */
export interface Occupant {
  readonly operatorId: string;
  /** Null as long as it is not known. */
  readonly merchantId: string | null;
  /** It is not known to take anything, or has not for a while. */
  readonly isSlow: boolean;
  /** It has taken something on this lane. */
  readonly isProven: boolean;
}

/** Somebody who wants one; `merchantId` is null where it is not known. */
export interface Applicant {
  readonly operatorId: string;
  readonly merchantId: string | null;
}

/** Whose endpoints need not be looked for. */
export interface TurnedAway {
  readonly merchantIds: readonly string[];
  /** Of these only what is HEALTHY is taken up. */
  readonly crowdedOperatorIds: readonly string[];
  readonly isFull: boolean;
}

/**
 * Who may have another lane, while these have theirs. Neither an operator's
 * share that is taken nor all slow places being taken stops a merchant who has
 * none of them: what is quick has to be let in to be seen to be.
 */
export class LaneShares {
  #quick = 0;
  #slow = 0;
  readonly #untried = new Map<string, number>();
  readonly #ofOperators = new Map<string, number>();
  readonly #ofNobody = new Map<string, number>();
  readonly #ofMerchants = new Map<string, { readonly operatorId: string; readonly count: number }>();

  constructor(occupants: Iterable<Occupant>) {
    for (const each of occupants) this.#add(each);
  }

  admits({ operatorId, merchantId }: Applicant): boolean {
    if (this.#quick >= QUICK_MAX || (this.#untried.get(operatorId) ?? 0) >= SHARE.operator) return false;
    const had = merchantId === null ? 0 : (this.#ofMerchants.get(merchantId)?.count ?? 0);
    // What nobody has said whose it is may be this merchant's: all of it, or, where this one's is not known, all of the operator's.
    const unknown = merchantId === null ? this.#ofOperator(operatorId) : (this.#ofNobody.get(operatorId) ?? 0);
    return had + unknown < SHARE.merchant && (had === 0 || !this.#isCrowded(operatorId));
  }

  get turnedAway(): TurnedAway {
    const merchants = [...this.#ofMerchants];
    const full = merchants.filter(([, each]) => each.count >= SHARE.merchant || this.#isCrowded(each.operatorId));
    const operators = [...this.#ofOperators.keys()].filter((id) => this.#ofOperator(id) >= SHARE.operator);
    return { merchantIds: full.map(([id]) => id), crowdedOperatorIds: operators, isFull: this.#slow >= SLOW_MAX };
  }

  #add({ operatorId, merchantId, isSlow, isProven }: Occupant): void {
    if (isSlow) this.#slow += 1;
    else this.#quick += 1;
    if (isProven && !isSlow) return;
    if (!isSlow) this.#untried.set(operatorId, (this.#untried.get(operatorId) ?? 0) + 1);
    this.#ofOperators.set(operatorId, this.#ofOperator(operatorId) + 1);
    if (merchantId === null) {
      this.#ofNobody.set(operatorId, (this.#ofNobody.get(operatorId) ?? 0) + 1);
      return;
    }
    const count = (this.#ofMerchants.get(merchantId)?.count ?? 0) + 1;
    this.#ofMerchants.set(merchantId, { operatorId, count });
  }

  #ofOperator(operatorId: string): number {
    return this.#ofOperators.get(operatorId) ?? 0;
  }

  #isCrowded(operatorId: string): boolean {
    return this.#slow >= SLOW_MAX || this.#ofOperator(operatorId) >= SHARE.operator;
  }
}
