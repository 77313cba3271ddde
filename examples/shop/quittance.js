import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const FILE = path.resolve(process.env.QUITTANCE_DATA_DIR || '.quittance', 'demo.json');
const START_MAX_MS = 180_000;
const LOOK_EVERY_MS = 250;

/** The running Quittance whose keys are in the demo file; null where none answers. */
async function running() {
  try {
    const demo = JSON.parse(await readFile(FILE, 'utf8'));
    const { ok } = await fetch(new URL('/healthz', demo.graphqlUrl));
    return ok ? demo : null;
  } catch {
    return null;
  }
}

/** The Quittance that runs; where none does, one of our own, which ends with us. */
export async function findQuittance() {
  const found = await running();
  if (found) return found;
  process.stdout.write('No Quittance is running, so one is started …\n');
  const program = spawn(process.execPath, ['--enable-source-maps', path.join(ROOT, 'dist/src/main.js')], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.on('exit', () => program.kill('SIGTERM'));
  const ended = new Promise((_resolve, reject) => {
    program.on('exit', (code) => reject(new Error(`Quittance has ended with ${code}.`)));
  });
  ended.catch(() => process.exit(1));
  return Promise.race([started(), ended]);
}

async function started() {
  for (let waited = 0; waited < START_MAX_MS; waited += LOOK_EVERY_MS) {
    await pause(LOOK_EVERY_MS);
    const demo = await running();
    if (demo) return demo;
  }
  throw new Error(`Quittance has not started within ${START_MAX_MS / 1000} s.`);
}

/** One mutation with its operator's key; a refusal ends the program with its reason. */
export async function change({ graphqlUrl, operatorKey }, name, selection, input) {
  const type = `${name[0].toUpperCase()}${name.slice(1)}`;
  const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) {
    ... on ${type}Payload ${selection} ... on Problem { code message } } }`;
  const answer = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${operatorKey}` },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data, errors } = await answer.json();
  const result = data?.[name];
  if (!result || result.code) throw new Error(`${name}: ${result?.message ?? errors?.[0]?.message}`);
  return result;
}
