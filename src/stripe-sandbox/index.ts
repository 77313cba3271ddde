/**
 * A stateful stand-in for Stripe's HTTP API: many accounts at once, each with its own
 * objects, events, webhooks and idempotency keys, under a clock that tests can move.
 * It knows nothing of this project; the official SDK is meant not to notice the difference.
 */

import { SandboxControl } from './control/control.js';
import { controlServer } from './control/control-server.js';
import type { State } from './core/changes.js';
import { Clock } from './core/clock.js';
import { applyDueEffects } from './core/due-effects.js';
import { Journal } from './core/journal.js';
import { seededRandom } from './core/random.js';
import { Saver } from './core/saver.js';
import { StateFile } from './core/state-file.js';
import { Timetable } from './core/timetable.js';
import type { World } from './core/world.js';
import { WebhookCourier } from './events/courier.js';
import { Api } from './http/api.js';
import { Faults } from './http/faults.js';
import { KeyRing } from './http/keys.js';
import { RateLimit } from './http/rate-limit.js';
import { RequestLog } from './http/request-log.js';
import { apiServer, listen } from './http/server.js';
import { authenticationPages } from './pages/authentication.js';
import { checkoutPages } from './pages/checkout.js';
import { mandatePages } from './pages/mandate.js';
import { receiptPages } from './pages/receipt.js';
import { ROUTES } from './resources/all.js';

export type { DeclineOrder } from './cards/ordered-decline.js';
export type { CheckoutOutcome, CheckoutPayment } from './control/checkout-control.js';
export type { AccountKeys, NewAccount } from './control/control.js';
export type { NewMovement } from './control/money-control.js';
export type { AccountFeatures, Settlement } from './core/state.js';
export type { WebhookFaults } from './events/courier.js';
export type { FaultKind, FaultOrder } from './http/faults.js';
export type { RequestFilter, RequestRecord } from './http/request-log.js';
export type { PayoutFailureCode } from './payments/payout-progress.js';
export type { SandboxControl };

export interface StripeSandboxOptions {
  /** 0, and also nothing, takes a free port. */
  port?: number;
  controlPort?: number;
  /** 127.0.0.1 if not given. The control port knows no authentication, so keep it local. */
  host?: string;
  /** Where the state is kept, so that a restart finds yesterday's data. */
  stateFile?: string;
  /** Makes the probabilities of faults repeatable. */
  seed?: number;
}

export interface StripeSandbox {
  /** The API, and the pages of Checkout and of 3-D Secure. */
  readonly url: string;
  readonly controlUrl: string;
  readonly control: SandboxControl;
  close(): Promise<void>;
}

const DUE_CHECK_MS = 200;

function makeWorld(kept: State | null, journal: Journal, random: () => number, courier: WebhookCourier): World {
  const timetable = new Timetable(journal);
  for (const effect of kept?.effects ?? []) timetable.add(effect);
  return {
    clock: new Clock(kept?.offsetMs ?? 0),
    accounts: new Map((kept?.accounts ?? []).map((account) => [account.id, account])),
    timetable,
    journal,
    random,
    courier,
    url: '',
  };
}

/** Deliveries that were under way when the sandbox stopped are sent again. */
function resumeDeliveries(world: World): void {
  for (const { id: accountId, test, live } of world.accounts.values()) {
    for (const { livemode, deliveries } of [test, live]) {
      for (const id of deliveries.keys()) {
        world.timetable.add({ atMs: world.clock.nowMs(), kind: 'webhook_retry', accountId, livemode, id });
      }
    }
  }
}

export async function startStripeSandbox(options: StripeSandboxOptions = {}): Promise<StripeSandbox> {
  const { port = 0, controlPort = 0, host = '127.0.0.1', stateFile, seed } = options;
  const random = seed === undefined ? Math.random : seededRandom(seed);
  const file = stateFile === undefined ? null : new StateFile(stateFile);
  const journal = new Journal();
  const found = file?.read(journal) ?? null;
  const courier = new WebhookCourier(random, () => saver.kept());
  const world = makeWorld(found, journal, random, courier);
  const keys = new KeyRing(world, found?.revokedKeys);
  const saver = new Saver(file, journal, world, () => keys.revokedKeys);
  const { kept, flush } = saver;
  const parts = { world, keys, courier, faults: new Faults(random), rateLimit: new RateLimit(), log: new RequestLog() };
  const control = new SandboxControl({ ...parts, flush });
  const app = apiServer(new Api({ ...parts, routes: ROUTES, kept }));
  authenticationPages(app, world, kept);
  checkoutPages(app, world, kept);
  receiptPages(app, world);
  mandatePages(app, world);
  const controlApp = controlServer(control, kept);
  world.url = await listen(app, host, port);
  const controlUrl = await listen(controlApp, host, controlPort).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  resumeDeliveries(world);
  const ticking = setInterval(() => applyDueEffects(world, courier), DUE_CHECK_MS).unref();
  return {
    url: world.url,
    controlUrl,
    control,
    async close() {
      clearInterval(ticking);
      courier.close();
      await Promise.all([app.close(), controlApp.close()]);
      saver.close();
    },
  };
}
