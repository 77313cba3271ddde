import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type LoadOrder, type LoadResult, openLoad } from './open-load.js';

export interface LoadGenerator {
  generate(order: LoadOrder): Promise<LoadResult>;
  close(): void;
}

/** In a process of its own, so that what it takes is not taken from whom it asks. */
export async function startGenerator(): Promise<LoadGenerator> {
  const child = fork(fileURLToPath(new URL('./load-generator.mjs', import.meta.url)), { execArgv: ['--no-warnings'] });
  const died = once(child, 'exit').then(() => Promise.reject(new Error('the load generator has died')));
  died.catch(() => {});
  await Promise.race([once(child, 'message'), died]);
  return {
    generate: async (order) => {
      const heard = once(child, 'message') as Promise<[LoadResult]>;
      child.send(order);
      const [result] = await Promise.race([heard, died]);
      return result;
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** For sizes that a process would be too dear for. */
export const inThisProcess: LoadGenerator = { generate: openLoad, close: () => {} };

/** @public Called by load-generator.mjs. */
export function serveOrders(): void {
  process.on('message', (order: LoadOrder) => {
    void openLoad(order).then((result) => process.send?.(result));
  });
  process.on('disconnect', () => process.exit());
  process.send?.('ready');
}
