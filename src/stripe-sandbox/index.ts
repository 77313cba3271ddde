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
import { seededRandom } from './core/random.js';
import { StateFile } from './core/state-file.js';
import { type DueEffect, Timetable } from './core/timetable.js';
import type { World } from './core/world.js';
import { WebhookCourier } from './events/courier.js';
import { Api } from './http/api.js';
import { Faults } from './http/faults.js';
import { KeyRing } from './http/keys.js';
import { RateLimit } from './http/rate-limit.js';
import { RequestLog } from './http/request-log.js';
import { apiServer, listen } from './http/server.js';
import { authenticationPages } from './pages/authentication.js';
import { mandatePages } from './pages/mandate.js';
import { receiptPages } from './pages/receipt.js';
import { ROUTES } from './resources/all.js';

export type { DeclineOrder } from './cards/ordered-decline.js';
export type { AccountKeys, NewAccount } from './control/control.js';
export type { AccountFeatures } from './core/state.js';
export type { WebhookFaults } from './events/courier.js';
export type { FaultKind, FaultOrder } from './http/faults.js';
export type { RequestFilter, RequestRecord } from './http/request-log.js';
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
  /** The API, and the pages of 3-D Secure. */
  readonly url: string;
  readonly controlUrl: string;
  readonly control: SandboxControl;
  close(): Promise<void>;
}

const DUE_CHECK_MS = 200;
const SAVE_AFTER_MS = 50;

function makeWorld(kept: State | null, random: () => number, courier: WebhookCourier): World {
  return {
    clock: new Clock(kept?.offsetMs ?? 0),
    accounts: new Map((kept?.accounts ?? []).map((account) => [account.id, account])),
    timetable: timetableOf(kept?.effects ?? []),
    random,
    courier,
    url: '',
  };
}

function timetableOf(effects: readonly DueEffect[]): Timetable {
  const timetable = new Timetable();
  for (const effect of effects) timetable.add(effect);
  return timetable;
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

/** Keeps what changed a moment later, so that what changes together is kept together. */
class Saver {
  private timer: NodeJS.Timeout | null = null;
  /** A request that outlives the server, because it was slowed down, changes what nobody keeps any more. */
  private closed = false;

  constructor(
    private readonly file: StateFile | null,
    private readonly state: () => State,
  ) {
    file?.writeWhole(state());
  }

  readonly noteChange = (): void => {
    if (this.file && !this.closed) this.timer ??= setTimeout(this.flush, SAVE_AFTER_MS).unref();
  };

  readonly flush = (): void => {
    this.stopTimer();
    this.file?.writeChanges(this.state());
  };

  close(): void {
    this.stopTimer();
    this.closed = true;
    this.file?.writeWhole(this.state());
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

export async function startStripeSandbox(options: StripeSandboxOptions = {}): Promise<StripeSandbox> {
  const { port = 0, controlPort = 0, host = '127.0.0.1', stateFile, seed } = options;
  const random = seed === undefined ? Math.random : seededRandom(seed);
  const file = stateFile === undefined ? null : new StateFile(stateFile);
  const kept = file?.read() ?? null;
  const courier = new WebhookCourier(random);
  const world = makeWorld(kept, random, courier);
  const keys = new KeyRing(world, kept?.revokedKeys);
  const saver = new Saver(file, () => ({
    offsetMs: world.clock.offset,
    accounts: [...world.accounts.values()],
    revokedKeys: keys.revokedKeys,
    effects: world.timetable.entries,
  }));
  const { noteChange, flush } = saver;
  const parts = { world, keys, courier, faults: new Faults(random), rateLimit: new RateLimit(), log: new RequestLog() };
  const control = new SandboxControl({ ...parts, flush });
  const app = apiServer(new Api({ ...parts, routes: ROUTES, noteChange }));
  authenticationPages(app, world, noteChange);
  receiptPages(app, world);
  mandatePages(app, world);
  const controlApp = controlServer(control, noteChange);
  world.url = await listen(app, host, port);
  const controlUrl = await listen(controlApp, host, controlPort).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  resumeDeliveries(world);
  const ticking = setInterval(() => {
    if (applyDueEffects(world, courier)) noteChange();
  }, DUE_CHECK_MS).unref();
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
