const TIMEOUT = Symbol.for('TEST_TIMEOUT_SYMBOL');

/** What `@jest/globals` is to test files that share modules: names that all import, with the functions of the file that runs. */
export let afterAll;
export let afterEach;
export let beforeAll;
export let beforeEach;
export let describe;
export let expect;
export let it;
export let test;

/** The one part of it that test files use: what modules share, no mock may replace. */
export const jest = {
  setTimeout(milliseconds) {
    globalThis[TIMEOUT] = milliseconds;
    return jest;
  },
};

export function offer(globals) {
  Object.assign(globalThis, globals);
  ({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } = globals);
}

/** What a file has set holds for that file. */
export function forget() {
  delete globalThis[TIMEOUT];
}
