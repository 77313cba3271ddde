/**
 * Tests that mostly wait, for a tick or for an answer that never comes: all
 * begin together, and each is reported under its own name. They must not see
 * each other, and are not to use hooks per test. (Jest's own `it.concurrent`
 * begins before `beforeAll` has ended.)
 */
export function atOnce(tests: Readonly<Record<string, () => Promise<void>>>): void {
  const outcomes = new Map<string, Promise<void>>();

  beforeAll(() => {
    for (const [name, test] of Object.entries(tests)) {
      const outcome = test();
      // It is awaited below, perhaps after others: until then nobody has to do with its failure.
      outcome.catch(() => undefined);
      outcomes.set(name, outcome);
    }
  });

  it.each(Object.keys(tests))('%s', async (name) => {
    await outcomes.get(name);
  });
}
