import 'reflect-metadata';
import { load } from '../../support/run-sources.mjs';

/** A process of its own that reads the program's sources as Jest does, does what it is told, and waits to be killed. */
const { sellAndHang } = await load(import.meta.resolve('./dying-process.ts'));
await sellAndHang(JSON.parse(process.argv[2]));
