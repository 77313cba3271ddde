/** Tries until it succeeds; the promise of two seconds is the product's own. */
export async function eventually(attempt: () => Promise<void>, withinMs = 2_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
