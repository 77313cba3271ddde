import { load } from '../../support/run-sources.mjs';

/** The sandbox as a process of its own, from its sources, so that it can be killed. It prints where it listens. */
const { startStripeSandbox } = await load(import.meta.resolve('../../../src/stripe-sandbox/index.ts'));
const { url, controlUrl } = await startStripeSandbox({ stateFile: process.env.STRIPE_SANDBOX_STATE });
console.log(JSON.stringify({ url, controlUrl }));
