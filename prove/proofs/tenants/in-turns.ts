const TRACKS = 8;

/** Does something with each, a few at a time. */
export async function inTurns<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<unknown>,
  tracks = TRACKS,
): Promise<void> {
  const waiting = items[Symbol.iterator]();
  const track = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: tracks }, track));
}
