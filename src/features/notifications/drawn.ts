import { randomInt } from 'node:crypto';

const DRAWS = 2 ** 32;

/** From [0, 1), evenly: what spreads pauses, so that what failed together does not come back together. */
export function drawn(): number {
  return randomInt(DRAWS) / DRAWS;
}
