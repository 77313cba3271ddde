import 'reflect-metadata';
import { load } from '../../support/run-sources.mjs';

/** A process of its own that reads the program's sources as Jest does, and delivers until it is killed. */
const { deliver } = await load(import.meta.resolve('./delivering-process.ts'));
await deliver(JSON.parse(process.argv[2]));
