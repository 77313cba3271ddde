/** Time is an argument: whoever decides by it is given a clock. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Adds a length of time. Calendar rules (months, days of a zone) are Temporal's, never this. */
export function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}
