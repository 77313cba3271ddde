import 'reflect-metadata';
import { load } from '../test/support/run-sources.mjs';

/** One proof in a process of its own: what it leaves behind ends with it. */
const { carryOut } = await load(import.meta.resolve('./one.ts'));
await carryOut(JSON.parse(process.argv[2]));
