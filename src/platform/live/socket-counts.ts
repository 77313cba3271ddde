/** How many sockets are open for each name; names without any are forgotten. */
export class SocketCounts {
  readonly #open = new Map<string, number>();

  /** False, and nothing is counted, when there are as many as there may be. */
  add(name: string, max: number): boolean {
    const open = this.#open.get(name) ?? 0;
    if (open >= max) return false;
    this.#open.set(name, open + 1);
    return true;
  }

  remove(name: string): void {
    const open = (this.#open.get(name) ?? 0) - 1;
    if (open > 0) this.#open.set(name, open);
    else this.#open.delete(name);
  }
}
