import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readConfig } from '../config.js';
import { ApiClient } from './api-client.js';
import { DEMO_FILE, type DemoFile, parseDemoFile } from './demo-file.js';
import { LiveStatuses } from './live-statuses.js';
import { playMonth } from './month-chapters.js';
import { Story } from './story.js';
import { Transcript } from './transcript.js';
import { playYear } from './year.js';

const HOW_TO_START = 'Start it in another terminal with: npm start';

/** The demo file of a server that answers, or what to do first. */
async function findServer(): Promise<DemoFile | string> {
  const file = path.join(readConfig().dataDir, DEMO_FILE);
  const demo = parseDemoFile(await readFile(file, 'utf8').catch(() => null));
  if (!demo) return `There is no ${file} yet. ${HOW_TO_START}`;
  const alive = await fetch(new URL('/healthz', demo.graphqlUrl)).catch(() => null);
  return alive?.ok ? demo : `Nothing answers at ${demo.graphqlUrl}. ${HOW_TO_START}`;
}

async function play(demo: DemoFile, tell: Transcript): Promise<void> {
  const live = await LiveStatuses.follow(demo.graphqlWsUrl, demo.merchantKey, (text) => tell.live(text));
  try {
    await new Story(new ApiClient(demo.graphqlUrl, demo.merchantKey), live, tell).run();
  } finally {
    await live.stop();
  }
}

const demo = await findServer();
if (typeof demo === 'string') {
  process.stderr.write(`${demo}\n`);
  process.exitCode = 1;
} else {
  const tell = new Transcript((text) => process.stdout.write(text));
  try {
    await play(demo, tell);
    await playYear(demo, tell);
    await playMonth(demo, tell);
  } catch (error) {
    tell.expect('a step', error instanceof Error ? error.message : error, 'done');
  }
  process.stdout.write(
    tell.wentAsExpected ? '\nEverything went as expected.\n' : '\nNot everything went as expected.\n',
  );
  process.exitCode = tell.wentAsExpected ? 0 : 1;
}
