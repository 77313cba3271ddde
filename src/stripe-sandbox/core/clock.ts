/**
 * The sandbox's time: real time plus what tests have moved it by. It can be held at a
 * moment while the effects due on the way are applied, so that each has its own timestamp.
 */
export class Clock {
  private heldAtMs: number | null = null;

  constructor(private offsetMs = 0) {}

  get offset(): number {
    return this.offsetMs;
  }

  nowMs(): number {
    return this.heldAtMs ?? Date.now() + this.offsetMs;
  }

  /** Stripe's timestamps are whole seconds. */
  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  holdAt(ms: number | null): void {
    this.heldAtMs = ms;
  }

  moveBy(ms: number): void {
    this.offsetMs += ms;
  }
}
