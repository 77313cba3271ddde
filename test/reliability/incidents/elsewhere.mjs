import 'reflect-metadata';
import { load } from '../../support/run-sources.mjs';

/** A simulated time in a process of its own, whose machine may stand in another zone; it prints what it came to. */
const { liveElsewhere } = await load(import.meta.resolve('./elsewhere.ts'));
process.stdout.write(JSON.stringify(await liveElsewhere(JSON.parse(process.argv[2]))), () => process.exit(0));
