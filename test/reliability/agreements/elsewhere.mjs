import 'reflect-metadata';
import { load } from '../../support/run-sources.mjs';

/** A simulated time in a process of its own, whose machine may stand in another zone; it prints what it came to. */
const { liveThrough } = await load(import.meta.resolve('./virtual-time.ts'));
const found = await liveThrough(JSON.parse(process.argv[2]));
process.stdout.write(JSON.stringify({ ...found, offset: new Date('2027-12-01T00:00:00Z').getTimezoneOffset() }));
