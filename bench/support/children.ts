import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the benchmark, told over IPC what to do. Each part has its own, so that CPU time can be told apart. */
export interface Child<Ready> {
  readonly process: ChildProcess;
  readonly ready: Ready;
  ask<Reply>(order: object): Promise<Reply>;
  kill(): void;
}

/** `BENCH_CPU_PROF=<directory>`: every process leaves a CPU profile there when it ends. The figures are not to be used. */
const { BENCH_CPU_PROF: profiles } = process.env;
const profiling = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];

/** Starts `file` (beside the caller) and waits for the first thing it says. */
export async function startChild<Ready>(
  file: URL,
  settings: object,
  execArgv: readonly string[] = [],
): Promise<Child<Ready>> {
  const child = fork(fileURLToPath(file), [JSON.stringify(settings)], {
    execArgv: ['--no-warnings', ...profiling, ...execArgv],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const ready = await heard<Ready>(child);
  return {
    process: child,
    ready,
    ask: <Reply>(order: object) => {
      const answer = heard<Reply>(child);
      child.send(order);
      return answer;
    },
    kill: () => void child.kill(profiling.length > 0 ? 'SIGTERM' : 'SIGKILL'),
  };
}

/** The next message of a child; its death is an error, not a wait for ever. */
async function heard<Message>(from: ChildProcess): Promise<Message> {
  const stop = new AbortController();
  const died = once(from, 'exit', { signal: stop.signal }).then(() =>
    Promise.reject(new Error('a child process died')),
  );
  try {
    const [message] = await Promise.race([once(from, 'message', { signal: stop.signal }), died]);
    return message as Message;
  } finally {
    died.catch(() => {});
    stop.abort();
  }
}

/** In a child: what it was started with. */
export function settings<Settings>(): Settings {
  return JSON.parse(process.argv[2] ?? '{}') as Settings;
}

/** In a child: says it is ready and then answers orders, one at a time. */
export function serve<Order extends object>(ready: object, answer: (order: Order) => Promise<object> | object): void {
  process.on('message', async (order: Order) => {
    try {
      process.send?.(await answer(order));
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  });
  // Only a process that ends by itself writes its profile.
  process.on('SIGTERM', () => process.exit());
  process.send?.(ready);
}

/** CPU time of this process since it began, user and system, in microseconds. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
