import { setTimeout as pause } from 'node:timers/promises';
import { Gauge, type Registry } from 'prom-client';

/** So old at most is what is shown: whoever may read figures must not make work by reading them all the time. */
const KEPT_MS = 2_000;
/** Prometheus waits ten seconds as a rule, and the other figures must not be lost with these. */
const PATIENCE_MS = 1_000;

export interface FigureOf<Found> {
  readonly name: string;
  readonly help: string;
  of(found: Found): number;
}

/**
 * Figures that every process finds in the database when it is asked, since one
 * that was counted now and then would be shown for ever by a process that does
 * not come to count again. Where it cannot be read in time it is left out: an
 * old one, or 0, would say that all is well.
 */
export function readGauges<Found>(
  registry: Registry,
  read: () => Promise<Found>,
  figures: readonly FigureOf<Found>[],
): void {
  const recent = kept(read);
  for (const { name, help, of } of figures) {
    const collect = async function (this: Gauge): Promise<void> {
      const found = await inTime(recent());
      if (found === null) this.remove();
      else this.set(of(found));
    };
    new Gauge({ name, help, collect, registers: [registry] });
  }
}

/** Reads once for all who ask at the same time or soon after; null where that failed. */
function kept<Found>(read: () => Promise<Found>): () => Promise<Found | null> {
  let reading: Promise<Found | null> = Promise.resolve(null);
  let until = Number.NEGATIVE_INFINITY;
  const asked = async (): Promise<Found | null> => {
    try {
      return await read();
    } catch {
      return null;
    } finally {
      until = performance.now() + KEPT_MS;
    }
  };
  return () => {
    if (performance.now() < until) return reading;
    until = Number.POSITIVE_INFINITY;
    reading = asked();
    return reading;
  };
}

async function inTime<Found>(reading: Promise<Found | null>): Promise<Found | null> {
  const enough = new AbortController();
  const late = pause(PATIENCE_MS, null, { signal: enough.signal }).catch(() => null);
  const found = await Promise.race([reading, late]);
  enough.abort();
  return found;
}
