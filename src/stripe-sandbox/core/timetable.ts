/** Something that happens at a moment of the sandbox's clock. Plain data, so that it survives a restart. */
export interface DueEffect {
  atMs: number;
  kind:
    | 'movement_known'
    | 'payout_leaves'
    | 'payout_arrives'
    | 'payouts_due'
    | 'checkout_expires'
    | 'hold_lapses'
    | 'refund_settles'
    | 'refund_fails'
    | 'debit_settles'
    | 'webhook_retry';
  accountId: string;
  livemode: boolean;
  id: string;
}

interface EffectNotes {
  noteEffect(effect: DueEffect): void;
  noteEffectGone(effect: DueEffect): void;
}

/** A binary heap by time: a hundred thousand open holds cost nothing until they are due. */
export class Timetable {
  private readonly heap: DueEffect[] = [];

  constructor(private readonly journal: EffectNotes) {}

  get entries(): DueEffect[] {
    return this.heap;
  }

  add(effect: DueEffect): void {
    this.journal.noteEffect(effect);
    let place = this.heap.push(effect) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.timeOf(parent) <= effect.atMs) break;
      this.swap(place, parent);
      place = parent;
    }
  }

  /** Takes the earliest effect that is due at the given time. */
  take(untilMs: number): DueEffect | undefined {
    const first = this.heap[0];
    if (first === undefined || first.atMs > untilMs) return undefined;
    this.journal.noteEffectGone(first);
    const last = this.heap.pop();
    if (last !== undefined && last !== first) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private sink(): void {
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const smaller = this.timeOf(left + 1) < this.timeOf(left) ? left + 1 : left;
      if (this.timeOf(smaller) >= this.timeOf(place)) return;
      this.swap(place, smaller);
      place = smaller;
    }
  }

  private timeOf(place: number): number {
    return this.heap[place]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  private swap(one: number, other: number): void {
    const kept = this.heap[one];
    const moved = this.heap[other];
    if (kept === undefined || moved === undefined) return;
    this.heap[one] = moved;
    this.heap[other] = kept;
  }
}
