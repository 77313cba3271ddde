/** Tries until it succeeds. The time is for what never comes, not a promise of the product: that is what benches measure. */
export async function eventually(attempt: () => unknown, withinMs = 20_000): Promise<void> {
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
