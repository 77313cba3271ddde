import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildApiSchema } from '../src/app/schema.js';

/** `write`: prints the API's schema from the code to schema.graphql. `check`: are the two the same? */
const FILE = 'schema.graphql';

const [command] = process.argv.slice(2);
const printed = `${printSchema(lexicographicSortSchema(await buildApiSchema([])))}\n`;
if (command === 'check') {
  const kept = readFileSync(FILE, 'utf8');
  if (kept === printed) process.stdout.write(`${FILE} is what the code says.\n`);
  else {
    process.exitCode = 1;
    process.stderr.write(`${FILE} is not what the code says. Run: npm run schema, and read what changed.\n`);
  }
} else {
  writeFileSync(FILE, printed);
  process.stdout.write(`${FILE} written.\n`);
}
