import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { UploadCut } from './upload.js';

/** How much patience there is with who sends. Counted is only the time in which we wait for them. */
export interface Pace {
  /** Without a single byte. */
  readonly idleMs: number;
  /** On the whole: less, and a sender with a byte now and then would keep a connection for days. */
  readonly bytesPerSecondMin: number;
}

export const DEFAULT_PACE: Pace = { idleMs: 30_000, bytesPerSecondMin: 4_096 };

interface Arriving {
  readonly bytesMax: number;
  readonly pace: Pace;
}

/**
 * The chunks of a body as they arrive. Throws `UploadCut` in place of what is
 * too much, comes too slowly, or does not come any more. Who stops reading
 * leaves the source as it is: what remains is discarded before the answer.
 */
export async function* arriving(source: Readable, { bytesMax, pace }: Arriving): AsyncGenerator<Uint8Array> {
  const chunks = source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  let bytes = 0;
  let waitedMs = 0;
  try {
    for (;;) {
      const patienceMs = pace.idleMs + (bytes / pace.bytesPerSecondMin) * 1_000 - waitedMs;
      const askedAt = performance.now();
      const next = await nextOf(chunks, Math.min(pace.idleMs, patienceMs));
      waitedMs += performance.now() - askedAt;
      if (next.done) return;
      const chunk = next.value as Uint8Array;
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      yield chunk;
    }
  } finally {
    // Not awaited: where a chunk is still waited for, it would be, too.
    void chunks.return?.();
  }
}

export function tooLarge(bytesMax: number): UploadCut {
  return new UploadCut('TOO_LARGE', `The file has more than ${bytesMax} bytes, which is the most that is accepted.`);
}

/** What comes of waiting for the other end, or an `UploadCut` where nothing does. */
export async function withinPatience<Result>(result: Promise<Result>, patienceMs: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const cut = new UploadCut('CUT_OFF', 'The file did not arrive: nothing, or too little, was sent for too long.');
    timer = setTimeout(() => reject(cut), Math.max(0, patienceMs));
  });
  try {
    return await Promise.race([result, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function cutOff(): UploadCut {
  return new UploadCut('CUT_OFF', 'The file did not arrive as a whole: its end is missing.');
}

async function nextOf(chunks: AsyncIterator<unknown>, patienceMs: number): Promise<IteratorResult<unknown>> {
  try {
    return await withinPatience(chunks.next(), patienceMs);
  } catch (error) {
    throw error instanceof UploadCut ? error : cutOff();
  }
}

const DISCARD_MAX = { bytes: 67_108_864, ms: 10_000 } as const;

/**
 * Discards what nobody has read of a body, within bounds. A client that is
 * still sending would not see the answer otherwise, but a broken connection.
 * False where there was more: then the connection has to be closed.
 */
export function discarded(body: IncomingMessage, { idleMs }: Pace): Promise<boolean> {
  if (body.readableEnded || body.destroyed) return Promise.resolve(body.readableEnded);
  return new Promise((resolve) => {
    let left = DISCARD_MAX.bytes;
    const end = () => {
      clearTimeout(timer);
      body.off('data', count).pause();
      resolve(body.readableEnded);
    };
    const count = (chunk: Uint8Array) => {
      left -= chunk.length;
      if (left < 0) end();
    };
    const timer = setTimeout(end, Math.min(DISCARD_MAX.ms, idleMs));
    body.unpipe();
    body.once('end', end).once('close', end).on('data', count).resume();
  });
}
