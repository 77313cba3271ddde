import { createServer } from 'node:net';
import { StartRefusal } from './refusal.js';

/** Asked before anything is started, so that a refusal leaves nothing behind. */
export async function assertPortFree(port: number, host: string, setting: string): Promise<void> {
  const probe = createServer();
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    probe.once('error', resolve);
    probe.listen({ port, host }, () => probe.close(() => resolve(null)));
  });
  if (!error) return;
  const why = error.code === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${error.code ?? error.message})`;
  throw new StartRefusal(`Port ${port} ${why}: stop what runs there, or set ${setting} to a free port.`);
}
