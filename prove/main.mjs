import 'reflect-metadata';
import { load } from '../test/support/run-sources.mjs';

/** `npm run prove`: the sources as they are, of the product as of the tests. */
await load(import.meta.resolve('./run.ts'));
