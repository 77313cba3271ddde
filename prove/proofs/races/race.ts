import type { Carriers } from '../../../src/features/orders/index.js';
import { DomainError } from '../../../src/kernel/errors.js';
import { shuffled } from '../../../test/reliability/orders/disorder.js';
import type { Product, Shop } from '../../../test/support/product.js';
import { Ground, type Processes } from './ground.js';
import { type Line, Meeting, meetingAt } from './meeting.js';

export const RACERS = 8;

export interface Racer {
  /** What it races for; answers are kept by it. */
  readonly of: string;
  readonly line: Line;
  readonly run: (carriers: Carriers, at: Stand) => Promise<unknown>;
}

/** Where a racer stands. */
export interface Stand {
  readonly product: Product;
  /** Meets the others where no statement is the line. */
  readonly arrive: () => Promise<void>;
}

/** One kind of operations that meet. */
export interface Kind {
  readonly name: string;
  /** Of the full size; what is dearer or rarer is tried less often. */
  readonly trials?: number;
  /** How many are raced for at once. */
  readonly atOnce?: number;
  readonly shop: (product: Product) => Promise<Shop>;
  /** Makes things to race for, and names those who do: `RACERS` for each thing, of which some may be for all. */
  readonly begin: (ground: Ground, things: number) => Promise<readonly Racer[]>;
  /** What follows when a batch has been raced: answers that were lost are asked for, and the like. */
  readonly after?: (ground: Ground) => Promise<unknown>;
  /** Everything that must not be; at the end, of all trials together. */
  readonly judge: (ground: Ground) => Promise<readonly string[]>;
}

export interface Raced {
  readonly kind: Kind;
  readonly trials: number;
  /** How many of the racers stood at the line together, of all that there were. */
  readonly met: number;
  /** When all has come to rest: what must not be. */
  readonly violations: () => Promise<readonly string[]>;
}

export interface Terms {
  readonly processes: Processes;
  readonly trials: number;
  readonly random: () => number;
  /** When to begin no further batch, by `performance.now()`. */
  readonly until: number;
}

/** Runs one kind as often as is wanted and there is time for, a batch after the other, and tells how to judge it. */
export async function race(kind: Kind, { processes, trials, random, until }: Terms): Promise<Raced> {
  const ground = new Ground(processes, await kind.shop(processes.one), random);
  const failures: string[] = [];
  let done = 0;
  let met = 0;
  let raced = 0;
  while (done < trials && (done === 0 || performance.now() < until)) {
    const things = Math.min(kind.atOnce ?? 8, trials - done);
    const racers = await kind.begin(ground, things);
    const meeting = new Meeting();
    const outcomes = await meeting.run(startersOf(ground, meeting, racers, failures));
    await kind.after?.(ground);
    failures.push(...outcomes.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : [])));
    done += things;
    met += meeting.met;
    raced += racers.length;
  }
  const violations = async () => [...failures, ...(await kind.judge(ground))].map((each) => `${kind.name}: ${each}`);
  return { kind, trials: done, met: met / raced, violations };
}

/** In any order: who is handed its turn first has won some races. */
function startersOf(ground: Ground, meeting: Meeting, racers: readonly Racer[], failures: string[]) {
  const starters = racers.map(({ of, line, run }, index) => async () => {
    const product = ground.product(index);
    const carriers = ground.carriers(index, meetingAt(product.built.units, meeting, line));
    const answer = await run(carriers, { product, arrive: () => meeting.arrive() }).then(() => 'done', codeOf);
    if (answer.startsWith('!')) failures.push(`${of}: ${answer}`);
    const answers = ground.answers.get(of) ?? [];
    answers.push(answer);
    ground.answers.set(of, answers);
  });
  return shuffled(starters, ground.random);
}

/** A refusal is an answer; anything else is a fault. */
function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  return `! ${error instanceof Error ? error.stack : error}`;
}

export function each<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
