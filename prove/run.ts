import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDatabaseServer } from '../test/support/database-server.js';
import { prepareTemplate } from '../test/support/template.js';
import type { Errand } from './one.js';
import type { Found, Size } from './proof.js';
import { PROOFS } from './proofs.js';
import { tableOf } from './table.js';

/** `npm run prove [name…] [-- --seed N --small]`: all proofs or those named, one after the other. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string' }, small: { type: 'boolean', default: false } },
});

const unknown = positionals.filter((name) => !(name in PROOFS));
if (unknown.length > 0) {
  console.error(`There is no proof named ${unknown.join(', ')}. There are: ${Object.keys(PROOFS).join(', ')}.`);
  process.exit(2);
}

const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (!Number.isSafeInteger(seed) || seed < 0) {
  console.error(`--seed is "${values.seed}": it must be a whole number, 0 or more.`);
  process.exit(2);
}
const size: Size = values.small ? 'small' : 'full';
const names = positionals.length > 0 ? positionals : Object.keys(PROOFS);
console.log(`seed ${seed} (repeat with: npm run prove ${positionals.join(' ')} -- --seed ${seed})`);

const server = await startDatabaseServer(process.env.TEST_POSTGRES_URL);
const failed: string[] = [];
try {
  await prepareTemplate(server.url);
  for (const name of names) if (!(await prove(name))) failed.push(name);
} finally {
  await server.stop();
}
console.log(failed.length === 0 ? `\nAll of ${names.length} hold.` : `\nDo not hold: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function prove(name: string): Promise<boolean> {
  const { promise, minutes } = (await PROOFS[name]?.()) ?? { promise: '', minutes: 0 };
  console.log(`\n${name}: ${promise}`);
  const began = performance.now();
  const { figures, violations } = await inItsOwnProcess({ name, size, seed, postgresUrl: server.url }, minutes);
  console.log(tableOf(figures));
  const SHOWN = 20;
  for (const violation of violations.slice(0, SHOWN)) console.log(`  VIOLATED: ${violation}`);
  if (violations.length > SHOWN) console.log(`  … and ${violations.length - SHOWN} more`);
  // What is asked of a figure is asked of the full size.
  const short = size === 'full' ? figures.filter(({ met }) => met === false) : [];
  const verdict = violations.length > 0 ? 'VIOLATED' : short.length > 0 ? 'SHORT OF ITS FIGURES' : 'holds';
  console.log(`  ${verdict}, ${Math.round((performance.now() - began) / 1000)} s`);
  return verdict === 'holds';
}

/**
 * The leader of a group of its own: what it has started ends with it, also
 * when it is ended in the midst of it.
 */
async function inItsOwnProcess(errand: Errand, minutes: number): Promise<Found> {
  const child = fork(fileURLToPath(new URL('./one.mjs', import.meta.url)), [JSON.stringify(errand)], {
    execArgv: ['--no-warnings'],
    detached: true,
  });
  const endGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nobody of the group is left.
    }
  };
  const interrupted = () => {
    endGroup();
    process.exit(130);
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  let isTooLong = false;
  const tooLong = setTimeout(() => {
    isTooLong = true;
    endGroup();
  }, minutes * 60_000);
  const heard = once(child, 'message') as Promise<[Found]>;
  heard.catch(() => {});
  const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
  try {
    const first = await Promise.race([
      heard.then(([found]) => found),
      ended.then(([code, signal]) => ({ code, signal })),
    ]);
    if ('violations' in first) return first;
    const how = isTooLong
      ? `it had not ended after ${minutes} minutes`
      : `its process ended: ${first.code ?? first.signal}`;
    return { figures: [], violations: [`the proof itself failed: ${how}`] };
  } finally {
    clearTimeout(tooLong);
    await ended;
    endGroup();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}
