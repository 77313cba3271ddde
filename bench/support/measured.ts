import type { Child } from './children.js';
import { median } from './figures.js';
import type { Ground } from './world.js';

/** What a process of a line did when it was told to. */
export interface Worked {
  readonly made: number;
  readonly seconds: number;
  readonly cpuMicros: number;
}

/** What a run took, for as many orders as it made. */
export interface Measured {
  readonly perSecond: number;
  readonly nodeMicros: number;
  readonly postgresMicros: number;
}

export function textOf(runs: readonly Measured[]): string {
  const of = (pick: (run: Measured) => number) => median(runs.map(pick)).toFixed(0);
  return `${of((run) => run.perSecond)}/s, CPU µs Node ${of((run) => run.nodeMicros)} PostgreSQL ${of((run) => run.postgresMicros)}`;
}

export function rates(runs: readonly Measured[]): number[] {
  return runs.map(({ perSecond }) => perSecond);
}

/** Has the processes work at once, and adds up what it took. */
export async function measured(
  { postgresCpu }: Ground,
  children: readonly Child<object>[],
  order: (index: number) => object,
): Promise<Measured> {
  const postgresBefore = postgresCpu();
  const results = await Promise.all(children.map((child, index) => child.ask<Worked>(order(index))));
  const postgres = postgresCpu() - postgresBefore;
  const made = results.reduce((sum, each) => sum + each.made, 0);
  return {
    perSecond: made / Math.max(...results.map(({ seconds }) => seconds)),
    nodeMicros: results.reduce((sum, each) => sum + each.cpuMicros, 0) / made,
    postgresMicros: postgres / made,
  };
}
