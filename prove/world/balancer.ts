import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';

/** As often as proxies do that are in a hurry; a process says for a second that it is about to end. */
const LOOK_EVERY_MS = 150;
const RETRY_AFTER_MS = 25;
const ANSWER_MAX_MS = 60_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** How often the connection was lost or refused on the way to it. */
  readonly losses: number;
}

interface Backend {
  readonly url: string;
  readonly pool: Pool;
  ready: boolean;
}

/**
 * What stands before several processes: takes them in turn, and leaves out
 * those that say that they are not ready or that cannot be reached. With
 * patience it sends again what failed, as a client does that has given an
 * idempotency key; without, whoever asked learns of every failure.
 */
export class Balancer {
  private readonly backends: readonly Backend[];
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  constructor(
    urls: readonly string[],
    private readonly patienceMs: number,
  ) {
    const options = { connections: null, headersTimeout: ANSWER_MAX_MS, bodyTimeout: ANSWER_MAX_MS };
    this.backends = urls.map((url) => ({ url, ready: true, pool: new Pool(url, options) }));
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Rejects when it has failed for longer than the patience, or at once where there is none. */
  async post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
    const deadline = performance.now() + this.patienceMs;
    let losses = 0;
    for (;;) {
      const backend = this.next();
      try {
        const { statusCode, body: answer } = await backend.pool.request({ method: 'POST', path, headers, body });
        const text = await answer.text();
        // What the answer itself says: to send it again, with the same idempotency key.
        const askedAgain = statusCode >= 500 || text.includes('"code":"INTERNAL"');
        if (!askedAgain || performance.now() >= deadline) return { status: statusCode, text, losses };
      } catch (error) {
        losses += 1;
        if (this.patienceMs > 0) backend.ready = false;
        if (performance.now() >= deadline) throw error;
      }
      await pause(RETRY_AFTER_MS);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.backends.map(({ pool }) => pool.destroy()));
  }

  /** Any of them where none is ready: one may have become so. */
  private next(): Backend {
    const ready = this.backends.filter((each) => each.ready);
    const among = ready.length > 0 ? ready : this.backends;
    this.turn += 1;
    return among[this.turn % among.length] as Backend;
  }

  private look(): void {
    for (const backend of this.backends) {
      void isReady(backend).then((ready) => {
        backend.ready = ready;
      });
    }
  }
}

/** Only a "no" takes one out: an answer that is late is no answer yet. */
async function isReady({ pool, ready }: Backend): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/readyz' });
    await body.dump();
    return statusCode === 200;
  } catch (error) {
    return ready && (error as Error).name === 'HeadersTimeoutError';
  }
}
