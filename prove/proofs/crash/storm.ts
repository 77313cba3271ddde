import { setTimeout as pause } from 'node:timers/promises';
import { FAULT_KINDS } from '../../../src/stripe-sandbox/http/faults.js';
import type { StripeSandbox } from '../../../src/stripe-sandbox/index.js';
import type { Client } from '../../../test/support/product.js';
import type { Cluster } from '../../world/cluster.js';
import type { Member } from '../../world/member.js';
import { DAY_S, type Tenant } from './tenants.js';

/** Of the payment system's calls. The product waits 20 s for an answer, so few of them hang, and each for that long. */
const QUICK_FAULTS = 0.46;
const HANGING = 0.006;
const SLOW_MS = 250;

/** All nine kinds of trouble at the payment system, and webhooks that come twice, late, in disorder, or never. */
export function stirUp(sandbox: StripeSandbox): void {
  const { control } = sandbox;
  const quick = FAULT_KINDS.filter((kind) => !kind.startsWith('timeout'));
  // Each is asked after those before it have not struck, so that together they come to the share that is wanted.
  let left = 1;
  for (const kind of quick) {
    const share = QUICK_FAULTS / quick.length;
    control.addFault({ kind, probability: share / left, delayMs: kind === 'slow' ? SLOW_MS : 0 });
    left -= share;
  }
  for (const kind of ['timeout_before', 'timeout_after'] as const) control.addFault({ kind, probability: HANGING / 2 });
  control.setWebhookFaults({ duplicate: 0.3, lose: 0.1, delayMs: 500, shuffle: true });
}

export function calm(sandbox: StripeSandbox): void {
  sandbox.control.clearFaults();
  sandbox.control.setWebhookFaults({});
}

/** How many calls were made, and how many of them met trouble. */
export class FaultCount {
  calls = 0;
  struck = 0;
  isOver = false;

  constructor(sandbox: StripeSandbox) {
    // biome-ignore lint/complexity/useLiteralKeys: the only place where every call passes, and its log forgets.
    const { faults } = sandbox.control['parts'];
    const strike = faults.strike.bind(faults);
    faults.strike = (...call) => {
      const struck = strike(...call);
      if (this.isOver) return struck;
      this.calls += 1;
      if (struck) this.struck += 1;
      return struck;
    };
  }
}

interface KillsWanted {
  readonly kills: number;
  readonly crashes: number;
  /** In which they are spread evenly. */
  readonly seconds: number;
  /** By when it is enough, on a machine that does not start programs fast enough for that. */
  readonly mostSeconds: number;
}

/** Who has just come up has done nothing yet: it is left at work for a while, or nobody would be there to ask. */
const AT_WORK_MS = { least: 3_000, most: 12_000 };

/** Kills members at random and has them started again, and stops the database server at once, again and again. */
export class Reaper {
  /** Of members that were ready, and had been at work. */
  kills = 0;
  readonly #ready = new Map<Member, number>();
  readonly #comingUp = new Set<Promise<void>>();

  constructor(
    private readonly cluster: Cluster,
    private readonly random: () => number,
  ) {
    for (const member of cluster.members) this.#ready.set(member, performance.now());
  }

  /** Resolves when all are done, or the time is over. */
  async reap({ kills, crashes, seconds, mostSeconds }: KillsWanted): Promise<void> {
    const { postgres } = this.cluster;
    const began = performance.now();
    const passedS = () => (performance.now() - began) / 1000;
    while (passedS() < mostSeconds && (this.kills < kills || postgres.crashes < crashes)) {
      const share = passedS() / seconds;
      const victim = this.kills < Math.min(kills, kills * share) ? this.#victim() : null;
      if (victim) await this.#kill(victim);
      if (postgres.crashes < Math.min(crashes, Math.floor((crashes + 1) * share))) await postgres.crash();
      await pause(20);
    }
  }

  /** Everybody is there again. */
  async allUp(): Promise<void> {
    while (this.#comingUp.size > 0) await Promise.all(this.#comingUp);
  }

  #victim(): Member | null {
    const now = performance.now();
    const { least, most } = AT_WORK_MS;
    const longEnough = [...this.#ready].filter(([, since]) => now - since > least + this.random() * (most - least));
    return longEnough[Math.floor(this.random() * longEnough.length)]?.[0] ?? null;
  }

  async #kill(member: Member): Promise<void> {
    this.#ready.delete(member);
    this.kills += 1;
    await member.kill();
    const up = this.#start(member).finally(() => this.#comingUp.delete(up));
    this.#comingUp.add(up);
  }

  /** One that cannot start, because the database is away just then, is started again, as by whoever runs it. */
  async #start(member: Member): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await member.start();
        this.#ready.set(member, performance.now());
        return;
      } catch (error) {
        if (tries === 20) throw error;
        await member.stop('SIGKILL');
        await pause(100);
      }
    }
  }
}

/** Moves the tenants' clocks from day to day, so that what they charge daily comes due; answers with how many days. */
export async function passDays(tenants: readonly Tenant[], everyMs: number, isOver: () => boolean): Promise<number> {
  let days = 0;
  while (!isOver()) {
    days += 1;
    const idempotencyKey = `day-${days}`;
    await Promise.all(tenants.map(({ shop }) => aDayPasses(shop.operator, idempotencyKey, isOver)));
    for (let waited = 0; waited < everyMs && !isOver(); waited += 100) await pause(100);
  }
  return days;
}

/** Asked until it is answered: under its key it is one day. */
async function aDayPasses(operator: Client, idempotencyKey: string, isOver: () => boolean): Promise<void> {
  const input = { seconds: DAY_S, idempotencyKey };
  for (let tries = 1; !isOver(); tries += 1) {
    const done = await operator
      .do<{ operator?: object; code?: string }>('advanceTestClock', input, 'operator { id }')
      .catch((error: Error) => ({ code: error.message }));
    if ('operator' in done) return;
    if (tries === 2_000) throw new Error(`the clock was not moved: ${done.code}`);
    await pause(100);
  }
}
