/** Nobody hurries so little that a file is forgotten. */
const PAUSE_MAX_MS = 500;

/** The newest row's share in what rows take lately. */
const NEWEST_SHARE = 0.2;

/** What is quickest is not quickest for ever: a little slower with each row, so that it is learnt anew. */
const FADING = 1.002;

/** As quick as ever, give or take: within this nobody else is in the way. */
const UNDISTURBED = 1.5;

/**
 * How many times what a row took is left to others: as much where nobody seems
 * to be there, and where all is slow so much that a fifth of one core is taken.
 */
const LEAST = 1;
const MOST = 4;

/** By how much that grows with each time that rows take longer than they have taken. */
const STEEP = 2;

/**
 * How long a file's rows leave the database and this machine to others. Rows
 * that take longer than they have taken are in somebody's way, or somebody is in
 * theirs: live traffic, wherever it is served from. So nothing needs to be known
 * of it but how long one's own work takes.
 */
export class Courtesy {
  #quickestMs = Number.POSITIVE_INFINITY;
  #latelyMs = 0;

  /** To be waited after a row that took so long. */
  pauseMs(tookMs: number): number {
    this.#quickestMs = Math.min(this.#quickestMs * FADING, tookMs);
    this.#latelyMs = this.#latelyMs === 0 ? tookMs : this.#latelyMs + NEWEST_SHARE * (tookMs - this.#latelyMs);
    const slower = this.#latelyMs / (UNDISTURBED * this.#quickestMs);
    const times = Math.min(MOST, LEAST + STEEP * Math.max(0, slower - 1));
    return Math.min(PAUSE_MAX_MS, times * tookMs);
  }
}
