/** How much of it: `small` goes with every `npm test`, `full` is what `npm run prove` shows. */
export type Size = 'small' | 'full';

/** What a run of a proof is given. */
export interface Order {
  readonly size: Size;
  /** All chance comes from it: the same seed does the same things, though not at the same moments. */
  readonly seed: number;
  /** A PostgreSQL server with the template of test databases. Proofs that stop the server bring their own. */
  readonly postgresUrl: string;
  /** Progress, for whoever waits. */
  say(text: string): void;
}

/** A line of the table: something that was done or counted, beside what it has to be. */
export interface Figure {
  readonly what: string;
  readonly figure: string | number;
  /** In words or numbers, as docs/reliability.md has it; empty where nothing is asked of it. */
  readonly target: string;
  /** Null where nothing is asked of it, or where this machine's speed decides. */
  readonly met: boolean | null;
}

export interface Found {
  readonly figures: readonly Figure[];
  /** Each in a sentence that says what happened to what, so that it can be looked for. None: it holds. */
  readonly violations: readonly string[];
}

/** One promise, tried as hard as the time allows. */
export interface Proof {
  readonly name: string;
  /** What it shows, in one line. */
  readonly promise: string;
  /** After so many minutes at full size it is stopped, and has failed. */
  readonly minutes: number;
  run(order: Order): Promise<Found>;
}

/** A count that has to be zero, because of it the proof fails by its violations. */
export function none(what: string, violations: readonly string[]): Figure {
  return { what, figure: violations.length, target: '0', met: violations.length === 0 };
}

/** A count that shows that enough was done; too little of it proves nothing. */
export function atLeast(what: string, count: number, wanted: number): Figure {
  return { what, figure: count, target: `≥ ${wanted}`, met: count >= wanted };
}

export function atMost(what: string, figure: number, limit: number, unit = ''): Figure {
  return { what, figure: `${figure}${unit}`, target: `≤ ${limit}${unit}`, met: figure <= limit };
}

/** Something worth knowing of which nothing is asked. */
export function told(what: string, figure: string | number): Figure {
  return { what, figure, target: '', met: null };
}
