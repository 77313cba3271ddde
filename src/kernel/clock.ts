/** Time is an argument: whoever decides by it is given a clock. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Adds a length of time. Calendar rules (months, days of a zone) are Temporal's, never this. */
export function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}

/** From this moment of its own time on, a clock is so far ahead of the real one. */
export interface ClockMove {
  readonly fromMs: number;
  readonly aheadMs: number;
}

const NEVER_MOVED: readonly ClockMove[] = [{ fromMs: 0, aheadMs: 0 }];

/**
 * The time of each operator: the real one, but for those whose test clock was
 * moved ahead. Those are few, so that the rest pay for a look into a small map.
 */
export class OperatorClocks {
  readonly #moves = new Map<string, readonly ClockMove[]>();

  constructor(readonly real: Clock) {}

  /** By how much the operator's time is ahead; 0 for all who have not moved it. */
  aheadMs(operatorId: string): number {
    return this.#moves.get(operatorId)?.at(-1)?.aheadMs ?? 0;
  }

  now(operatorId: string): Date {
    return this.at(operatorId, this.real.now());
  }

  /** What the operator's clock shows at a real moment of the present. */
  at(operatorId: string, real: Date): Date {
    const aheadMs = this.aheadMs(operatorId);
    return aheadMs === 0 ? real : later(real, aheadMs);
  }

  /** When a moment that the operator's clock has shown really was: for what the outside keeps time of. */
  realTime(operatorId: string, shown: Date): Date {
    const moves = this.#moves.get(operatorId) ?? NEVER_MOVED;
    const inForce = moves.findLast(({ fromMs }) => fromMs <= shown.getTime()) ?? moves[0];
    return inForce && inForce.aheadMs > 0 ? later(shown, -inForce.aheadMs) : shown;
  }

  /** Takes in all moves of a clock, unless a later one is known: clocks never go back. */
  take(operatorId: string, moves: readonly ClockMove[]): void {
    const aheadMs = moves.at(-1)?.aheadMs ?? 0;
    if (aheadMs > 0 && aheadMs >= this.aheadMs(operatorId)) this.#moves.set(operatorId, moves);
  }

  /** Takes in one more move; false when it is known already. */
  move(operatorId: string, move: ClockMove): boolean {
    if (move.aheadMs <= this.aheadMs(operatorId)) return false;
    this.#moves.set(operatorId, [...(this.#moves.get(operatorId) ?? NEVER_MOVED), move]);
    return true;
  }
}
