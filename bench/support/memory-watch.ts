const EVERY_MS = 20;

/** Of this process, in megabytes. */
export interface Memory {
  readonly nowMb: number;
  /** Since the last question. */
  readonly peakMb: number;
}

/** Looks at the resident memory now and then; tells what it is and the most that it was. */
export function watchMemory(): () => Memory {
  let peakMb = 0;
  const look = () => {
    const nowMb = process.memoryUsage.rss() / 2 ** 20;
    peakMb = Math.max(peakMb, nowMb);
    return nowMb;
  };
  setInterval(look, EVERY_MS).unref();
  return () => {
    const memory = { nowMb: look(), peakMb };
    peakMb = 0;
    return memory;
  };
}
