import { createRequire } from 'node:module';

/** Requires what Jest is made of, of which only its core knows where it is installed. */
const fromJest = createRequire(createRequire(import.meta.url).resolve('jest'));
export const fromCore = createRequire(fromJest.resolve('@jest/core'));
export const fromConfig = createRequire(fromCore.resolve('jest-config'));
