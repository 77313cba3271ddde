/** One row of the table: what was measured, beside what, and how it stands to its target. */
export interface Row {
  readonly line: string;
  readonly what: string;
  readonly beside: string;
  /** Median and range of the ratios of the rounds. */
  readonly ratio: string;
  readonly target: string;
  readonly met: boolean | null;
  readonly figures: string;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The ratio of each round, never that of the means: neighbours in time share the machine's mood. */
export function ratiosOf(subject: readonly number[], anchor: readonly number[]): number[] {
  return subject.map((value, index) => value / (anchor[index] ?? Number.NaN));
}

export function spread(values: readonly number[], digits = 2): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Runs each variant once per round, the order reversed every other round, after warming all of them up. */
export async function rounds<Name extends string, Result>(
  variants: readonly Name[],
  { count, warmUpMs }: { readonly count: number; readonly warmUpMs: number },
  run: (variant: Name) => Promise<Result>,
): Promise<Record<Name, Result[]>> {
  const results = Object.fromEntries(variants.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
  for (const name of variants) {
    const until = performance.now() + warmUpMs;
    do await run(name);
    while (performance.now() < until);
  }
  for (let round = 0; round < count; round += 1) {
    for (const name of round % 2 ? variants.toReversed() : variants) results[name].push(await run(name));
    console.error(`  round ${round + 1} of ${count}`);
  }
  return results;
}
