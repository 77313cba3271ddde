import 'reflect-metadata';
import { type Config, ConfigError, readConfig } from './config.js';
import { DEMO_FILE } from './demo/demo-file.js';
import { createLog } from './platform/logging/log.js';
import { openDemo } from './start/demo.js';
import { type Narrator, silentNarrator, terminalNarrator } from './start/narrator.js';
import { ProgramStart } from './start/program.js';
import { StartRefusal } from './start/refusal.js';
import { stopOnSignals } from './start/signals.js';
import { welcome } from './start/welcome.js';

const NODE_MIN = 22;
const EXIT_REFUSED = 1;
const EXIT_CONFIG = 2;

async function main(config: Config): Promise<void> {
  const atHome = config.database.kind === 'embedded';
  const log = createLog({ level: config.logLevel, ...(atHome ? { destination: process.stderr } : {}) });
  const narrator = atHome ? terminalNarrator((text) => process.stdout.write(text)) : silentNarrator;
  const start = new ProgramStart(config, log, narrator);
  stopOnSignals(start, log, narrator.say);
  narrator.say('\nQuittance is starting …');
  try {
    await serve(start, config, narrator);
    log.info({ role: config.role, port: config.port }, 'ready');
  } catch (error) {
    // What fails because it is being stopped is no news: the exit is on its way.
    if (start.stopping) return;
    await start.stop();
    throw error;
  }
}

async function serve(start: ProgramStart, config: Config, narrator: Narrator): Promise<void> {
  const program = await start.run();
  const { sandbox, folder } = program;
  if (!config.demo || !sandbox) return narrator.say(`\nQuittance is ready: ${config.publicUrl}\n`);
  const demo = await narrator.during('Demo tenants', () => openDemo(program, sandbox, config));
  narrator.say(welcome(demo, folder.path(DEMO_FILE)));
}

/** A refusal is one sentence; what is not expected shows where it comes from. */
function refuse(error: unknown): never {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  process.stderr.write(`\n${error instanceof StartRefusal ? error.message : ((error as Error).stack ?? error)}\n`);
  process.exit(EXIT_REFUSED);
}

try {
  if (Number.parseInt(process.versions.node, 10) < NODE_MIN) {
    throw new StartRefusal(`Node ${process.versions.node} is too old: start with npm start, which brings its own.`);
  }
  await main(readConfig());
} catch (error) {
  refuse(error);
}
