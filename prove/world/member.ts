import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = path.resolve('dist/src/main.js');
/** Programs are started by the hundred: compiled once, each start takes a third less. */
const COMPILED = path.resolve('node_modules/.cache/compiled-program');
const READY_WITHIN_MS = 180_000;
const POLL_MS = 20;
/** Of what it logs the end is kept, for whoever wants to know why it died. */
const KEPT_CHARACTERS = 200_000;

/** A prover that falls over leaves nobody behind. */
const LIVING = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of LIVING) child.kill('SIGKILL');
});

export type Settings = Readonly<Record<string, string>>;

/** One of our programs as a process of its own, killed and started again at will, on the same port. */
export class Member {
  #child: ChildProcess | null = null;
  #output = '';
  kills = 0;

  constructor(
    readonly name: string,
    private readonly settings: Settings,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.settings.PORT}`;
  }

  /** Of the process that was started last. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** JSON lines since the first start, all starts together; of much only the end. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when the process is there, which is long before it is ready. */
  spawn(): void {
    if (this.isRunning) throw new Error(`${this.name} is running`);
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, NODE_COMPILE_CACHE: COMPILED, ...this.settings };
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_CHARACTERS);
      });
    }
    LIVING.add(child);
    child.once('exit', () => LIVING.delete(child));
    this.#child = child;
  }

  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  /** It answers /readyz; an end before that is an error with what it said last. */
  async ready(withinMs = READY_WITHIN_MS): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline) {
      if (!this.isRunning) throw new Error(`${this.name} has ended:\n${this.#output.slice(-2_000)}`);
      if (await this.#answers()) return;
      await pause(POLL_MS);
    }
    throw new Error(`${this.name} is not ready after ${withinMs} ms:\n${this.#output.slice(-2_000)}`);
  }

  /** As when the plug is pulled. */
  async kill(): Promise<void> {
    this.kills += 1;
    await this.stop('SIGKILL');
  }

  /** The exit code, or the signal it died of. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string | null> {
    const child = this.#child;
    if (!child || !this.isRunning) return child?.exitCode ?? child?.signalCode ?? null;
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code, by] = (await exit) as [number | null, string | null];
    return code ?? by;
  }

  async #answers(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/readyz`);
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}
