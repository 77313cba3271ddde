import { startStripeSandbox } from './index.js';

/** The sandbox as a program of its own. */
async function main(): Promise<void> {
  const { STRIPE_SANDBOX_PORT, STRIPE_SANDBOX_CONTROL_PORT, STRIPE_SANDBOX_HOST, STRIPE_SANDBOX_STATE } = process.env;
  const sandbox = await startStripeSandbox({
    port: Number(STRIPE_SANDBOX_PORT ?? 4001),
    controlPort: Number(STRIPE_SANDBOX_CONTROL_PORT ?? 4011),
    ...(STRIPE_SANDBOX_HOST !== undefined && { host: STRIPE_SANDBOX_HOST }),
    ...(STRIPE_SANDBOX_STATE !== undefined && { stateFile: STRIPE_SANDBOX_STATE }),
  });
  console.log(`Stripe sandbox: API and pages at ${sandbox.url}, control at ${sandbox.controlUrl}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      sandbox.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
