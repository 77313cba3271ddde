import type { FastifyInstance } from 'fastify';
import type { Log } from '../logging/log.js';

/** What must hold before this process should be sent requests; each throws or times out when it does not. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

const CHECK_MAX_MS = 2_000;

async function passes(name: string, check: () => Promise<void>, log: Log): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_MAX_MS} ms`)), CHECK_MAX_MS);
  });
  try {
    await Promise.race([check(), late]);
    return true;
  } catch (error) {
    log.warn({ err: error, check: name }, 'not ready');
    return false;
  } finally {
    clearTimeout(timer);
  }
}

interface HealthOptions {
  readonly checks: ReadinessChecks;
  readonly draining: () => boolean;
  readonly log: Log;
}

/** `/healthz`: the process answers. `/readyz`: it should be sent requests; names what fails, never why. */
export function healthRoutes(app: FastifyInstance, { checks, draining, log }: HealthOptions): void {
  app.get('/healthz', async () => ({ status: 'alive' }));

  app.get('/readyz', async (_request, reply) => {
    if (draining()) return reply.code(503).send({ status: 'draining', failing: [] });
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => ({ name, ok: await passes(name, check, log) })),
    );
    const failing = results.filter(({ ok }) => !ok).map(({ name }) => name);
    return reply
      .code(failing.length > 0 ? 503 : 200)
      .send({ status: failing.length > 0 ? 'not ready' : 'ready', failing });
  });
}
