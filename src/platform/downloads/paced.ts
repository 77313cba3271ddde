import { Readable } from 'node:stream';

/** How much patience there is with who loads a file. Counted is only the time in which we wait for them. */
export interface ReaderPace {
  /** Without taking anything. */
  readonly idleMs: number;
  /** On the whole: less, and who takes a little now and then would keep a slot, and what it holds, for hours. */
  readonly bytesPerSecondMin: number;
}

const DEFAULT_PACE: ReaderPace = { idleMs: 30_000, bytesPerSecondMin: 16_384 };

/** The same content, cut off where its reader takes too little of it for too long. */
export function paced(content: Readable, { idleMs, bytesPerSecondMin }: ReaderPace = DEFAULT_PACE): Readable {
  let [bytes, waitedMs] = [0, 0];
  const chunks = async function* (): AsyncGenerator<Buffer | string> {
    for await (const chunk of content as AsyncIterable<Buffer | string>) {
      const patienceMs = idleMs + (bytes / bytesPerSecondMin) * 1_000 - waitedMs;
      const giveUp = () => void taken.destroy(new Error('a reader of a file takes too little of it'));
      const timer = setTimeout(giveUp, Math.max(0, Math.min(idleMs, patienceMs))).unref();
      const askedAt = performance.now();
      try {
        yield chunk;
      } finally {
        clearTimeout(timer);
      }
      waitedMs += performance.now() - askedAt;
      bytes += chunk.length;
    }
  };
  const taken = Readable.from(chunks(), { objectMode: false });
  // At once, even where the next piece of it is still waited for.
  taken.once('close', () => content.destroy());
  return taken;
}
