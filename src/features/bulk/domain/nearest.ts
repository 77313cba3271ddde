/** So many letters of its beginning say which name is meant. */
const BEGINNING_MIN = 5;

/** Of these names the one that somebody most likely meant; null when none comes near. */
export function nearest(name: string, known: readonly string[]): string | null {
  const folded = folding(name);
  const begun = known.find((each) => folded.length >= BEGINNING_MIN && folding(each).startsWith(folded));
  if (begun) return begun;
  const [best] = known.map((each) => ({ each, steps: steps(folded, folding(each)) })).sort((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, Math.ceil(folded.length / 3)) ? best.each : null;
}

/** `Order_Number` and `order number` are `ordernumber`. */
function folding(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, '');
}

/** How many letters have to be put in, taken out or changed. */
function steps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const changed = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
