import { setTimeout as pause } from 'node:timers/promises';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { UnitsOfWork } from '../../platform/database/unit-of-work.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { signingSecretsOf } from '../tenancy/index.js';
import { CLAIM_MAX } from './delivery-sql.js';
import { beginTurn, type Hold, type Turn, takeTurn } from './endpoint-turn.js';
import type { Attempt, DueNotification, Ended, LeasedEndpoint } from './notification-rows.js';
import { type Outside, type Signers, sendNotification, signersOf } from './send-notification.js';

/** How many are under way to one endpoint at once: it begins with few, and earns more by answering `ok`. */
const AT_ONCE = { first: 2, most: 8 } as const;

/** Claimed ahead, so that a turn at the database is not waited for. */
const QUEUE_LOW = 16;

/** Those that end a moment later are settled by the same turn. */
const GATHER_MS = 2;

/** With room for more it looks at least so often for what others have added; without, to keep the lease. */
const LOOK_MS = { room: 1_000, full: 10_000 } as const;

/** Nothing has arrived for so long: whoever is quick goes first. */
const SLOW_MS = 1_000;

/** Secrets change rarely, and the old ones are valid for a while when they do. */
const SIGNERS_MS = 5_000;

export interface LaneParts extends Outside {
  readonly units: UnitsOfWork;
  readonly masterKeys: MasterKeys;
  /** Lets so many turns at the database be taken at once in this process. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly onSettled: (operatorId: string, attempts: readonly Attempt[], ended: readonly Ended[]) => void;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Delivers what is due at one endpoint, as long as this process holds it. What
 * hangs there holds slots of this lane alone, and nothing else waits for it.
 */
export class EndpointLane {
  readonly #hold: Hold;
  readonly #inFlight = new Set<string>();
  #queue: DueNotification[] = [];
  #finished: Attempt[] = [];
  #endpoint: LeasedEndpoint | null = null;
  #signers: { readonly readAt: number; readonly of: Signers } | null = null;
  #atOnce: number = AT_ONCE.first;
  #leavesSomeToGiveUp = false;
  #progressAt = performance.now();
  #isProven = false;
  #isTardy = false;
  #isPoked = false;
  #isStopping = false;
  #isAbandoned = false;
  #news = Promise.withResolvers<void>();

  constructor(
    private readonly parts: LaneParts,
    operatorId: string,
    endpointId: string,
    private readonly ownerId: string | null = null,
  ) {
    this.#hold = { operatorId, endpointId, token: newUuid() };
  }

  /** It is not known to take anything, or has not for a while. */
  get isSlow(): boolean {
    if (this.#endpoint === null) return false;
    if (this.#endpoint.status !== 'HEALTHY' || this.#isTardy) return true;
    return performance.now() - this.#progressAt > SLOW_MS;
  }

  /** It has taken something while this process held it. */
  get isProven(): boolean {
    return this.#isProven;
  }

  get operatorId(): string {
    return this.#hold.operatorId;
  }

  /** Null where nobody has said yet whose it is. */
  get merchantId(): string | null {
    return this.#endpoint?.merchantId ?? this.ownerId;
  }

  /** Something was added to its queue. */
  poke(): void {
    this.#isPoked = true;
    this.#news.resolve();
  }

  /** Claims no more, and lets go when what is under way has ended. */
  stop(): void {
    this.#isStopping = true;
    this.#queue = [];
    this.#news.resolve();
  }

  /** Forgets what is under way: its lease lapses, and somebody else tries it again. */
  abandon(): void {
    this.stop();
    this.#isAbandoned = true;
  }

  /** Resolves when it has let go; `onBegun` is told when it has, or has not, got hold. */
  async run(onBegun: () => void): Promise<void> {
    let turn = await this.#transaction((transaction) => beginTurn(transaction, this.#hold)).finally(onBegun);
    while (turn && !turn.isReleased) {
      this.#take(turn);
      this.#fill();
      await this.#untilWorthATurn();
      if (this.#isAbandoned) return;
      turn = await this.#turn();
    }
  }

  #transaction(work: (transaction: Transaction) => Promise<Turn | null>): Promise<Turn | null> {
    const { units, inTurn } = this.parts;
    return inTurn(() =>
      units.sql(this.#hold.operatorId, async (transaction) => {
        const turn = await work(transaction);
        if (turn && turn.claimed.length > 0) await this.#readSigners(transaction, turn.endpoint);
        return turn;
      }),
    );
  }

  async #readSigners(transaction: Transaction, { merchantId, mode }: LeasedEndpoint): Promise<void> {
    const readAt = performance.now();
    if (this.#signers && readAt - this.#signers.readAt < SIGNERS_MS) return;
    const secrets = await signingSecretsOf(transaction, this.parts.masterKeys, { merchantId, mode });
    this.#signers = { readAt, of: signersOf(secrets) };
  }

  async #turn(): Promise<Turn | null> {
    const attempts = this.#finished;
    this.#finished = [];
    this.#isPoked = false;
    const heldIds = [...this.#inFlight, ...this.#queue.map(({ id }) => id)];
    const wantsMore = !this.#isStopping && this.#queue.length < QUEUE_LOW;
    const wanted = { attempts, heldIds, wantsMore, goesOnGivingUp: this.#leavesSomeToGiveUp };
    const turn = await this.#transaction((transaction) => takeTurn(transaction, this.#hold, wanted));
    if (turn) this.parts.onSettled(this.#hold.operatorId, attempts, turn.ended);
    return turn;
  }

  #take({ endpoint, claimed, leavesSomeToGiveUp }: Turn): void {
    if (this.#endpoint === null) this.#progressAt = performance.now();
    this.#endpoint = endpoint;
    this.#leavesSomeToGiveUp = leavesSomeToGiveUp;
    // What takes nothing is probed one by one: those that wait here go back to where nobody looks at them.
    const kept = endpoint.status === 'HEALTHY' ? this.#queue : [];
    this.#queue = this.#isStopping ? [] : [...kept, ...claimed];
  }

  #fill(): void {
    while (this.#inFlight.size < this.#atOnce) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#inFlight.add(next.id);
      void this.#deliver(next).catch(this.parts.onFailure);
    }
  }

  async #deliver(notification: DueNotification): Promise<void> {
    const attempt = await this.#try(notification);
    this.#inFlight.delete(notification.id);
    this.#finished.push(attempt);
    const isDelivered = attempt.outcome === 'DELIVERED';
    if (isDelivered) this.#progressAt = performance.now();
    this.#isProven ||= isDelivered;
    this.#isTardy = attempt.durationMs > SLOW_MS;
    this.#atOnce = isDelivered ? Math.min(this.#atOnce + 1, AT_ONCE.most) : Math.max(this.#atOnce >> 1, 1);
    this.#fill();
    this.#news.resolve();
  }

  /** What was not expected counts as a try in vain, too: else this lane would hold the endpoint, and the group, for ever. */
  async #try(notification: DueNotification): Promise<Attempt> {
    const startedAt = this.parts.clock.now();
    try {
      return await sendNotification(this.parts, notification, this.#signers?.of ?? []);
    } catch (error) {
      this.parts.onFailure(error);
      return brokenOff(notification, startedAt, this.parts.clock.now());
    }
  }

  /** Until enough has ended, or something was added, or it is time to look. */
  async #untilWorthATurn(): Promise<void> {
    const until = performance.now() + (this.#inFlight.size < this.#atOnce ? LOOK_MS.room : LOOK_MS.full);
    while (this.#inFlight.size > 0 && !this.#isAbandoned && !this.#isWorthATurn) {
      const left = until - performance.now();
      if (left <= 0) return;
      await this.#newsWithin(left);
    }
    if (this.#inFlight.size > 0 && this.#finished.length > 0) await pause(GATHER_MS);
  }

  get #isWorthATurn(): boolean {
    const ended = this.#finished.length;
    return this.#isPoked || ended >= CLAIM_MAX || (ended > 0 && this.#queue.length < QUEUE_LOW);
  }

  async #newsWithin(ms: number): Promise<void> {
    const timer = setTimeout(() => this.#news.resolve(), ms);
    await this.#news.promise;
    clearTimeout(timer);
    this.#news = Promise.withResolvers<void>();
  }
}

function brokenOff(notification: DueNotification, startedAt: Date, endedAt: Date): Attempt {
  const durationMs = endedAt.getTime() - startedAt.getTime();
  return { notification, startedAt, endedAt, durationMs, outcome: 'CONNECTION_FAILED', httpStatus: null };
}
