const PAUSE_MIN_MS = 20;
const PAUSE_MAX_MS = 60;

/**
 * Tries until it succeeds. The time is for what never comes, not a promise of
 * the product: that is what benches measure. The longer it takes, the seldomer
 * it tries: attempts are work, too, which what is waited for has to wait for.
 */
export async function eventually(attempt: () => unknown, withinMs = 20_000): Promise<void> {
  const began = performance.now();
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      const passed = performance.now() - began;
      if (passed > withinMs) throw error;
      const pause = Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, passed / 5));
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
