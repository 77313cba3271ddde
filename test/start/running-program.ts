import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DemoFile } from '../../src/demo/demo-file.js';

const MAIN = path.resolve('dist/src/main.js');
const DEMO = path.resolve('dist/src/demo/main.js');
const READY = /Quittance is ready|"msg":"ready"/;
const POLL_MS = 25;
/** The program is started some twenty times: compiled once, each start takes a third less. */
const COMPILED = path.resolve('node_modules/.cache/compiled-program');

export type Settings = Readonly<Record<string, string>>;

/** The built program as a process of its own, as `npm start` runs it. */
export class RunningProgram {
  output = '';
  readonly #exit: Promise<number | null>;

  private constructor(
    readonly child: ChildProcess,
    readonly settings: Settings,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#exit = once(child, 'exit').then(([code]) => code as number | null);
  }

  static start(settings: Settings, cwd: string, program = MAIN): RunningProgram {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [program], {
      cwd,
      env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILED, ...settings },
    });
    return new RunningProgram(child, settings);
  }

  /** `npm run demo`. */
  static demo(cwd: string): RunningProgram {
    return RunningProgram.start({}, cwd, DEMO);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async ready(timeoutMs = 45_000): Promise<void> {
    const began = performance.now();
    while (!READY.test(this.output) && performance.now() - began < timeoutMs) {
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}:\n${this.output}`);
      await pause(POLL_MS);
    }
    if (!READY.test(this.output)) throw new Error(`not ready:\n${this.output}`);
  }

  exited(): Promise<number | null> {
    return this.#exit;
  }

  /** Resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal);
    return this.#exit;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : 0;
}

export async function freePorts(): Promise<Settings> {
  const [port, sandbox, control] = await Promise.all([freePort(), freePort(), freePort()]);
  return { PORT: `${port}`, STRIPE_SANDBOX_PORT: `${sandbox}`, STRIPE_SANDBOX_CONTROL_PORT: `${control}` };
}

export async function readDemo(dataDir: string): Promise<DemoFile> {
  return JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8')) as DemoFile;
}

export async function postgresPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether it is gone, or goes within the time. */
export async function isGone(pid: number, timeoutMs = 5_000): Promise<boolean> {
  for (let waited = 0; isAlive(pid) && waited < timeoutMs; waited += POLL_MS) await pause(POLL_MS);
  return !isAlive(pid);
}

export async function ask(url: string, key: string, query: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query }),
  });
  return response.json();
}
