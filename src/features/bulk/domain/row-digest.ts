/** What the digest of a row is taken of: its named cells in the order of their names. An empty cell says nothing. */
export function digestText(header: readonly string[], cells: readonly (string | null)[]): string {
  const named = header.map((name, index) => [name, cells[index] ?? ''] as const);
  return JSON.stringify(named.filter(([, cell]) => cell !== '').sort(([a], [b]) => (a < b ? -1 : 1)));
}
