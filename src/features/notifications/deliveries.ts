import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from '../../platform/database/sql.js';
import { DUE_ENDPOINTS } from './delivery-sql.js';
import { LaneShares } from './domain/lane-shares.js';
import { EndpointLane, type LaneParts } from './endpoint-lane.js';
import type { NotificationMeter } from './notification-meter.js';
import type { Attempt, Ended } from './notification-rows.js';
import { inTurns } from './turns.js';

/** Transactions of all lanes at once: the API of the same process needs the database, too. */
const TURNS_AT_ONCE = 6;

const ROUNDS_MAX = 20;

export interface DeliveryParts extends Omit<LaneParts, 'inTurn' | 'onSettled'> {
  /** Across operators. */
  readonly system: Sql;
  readonly meter: NotificationMeter;
}

type DueEndpoint = { readonly operatorId: string; readonly id: string; readonly merchantId: string };

/** All endpoints that this process delivers to, each on a lane of its own. */
export class Deliveries {
  readonly #lanes = new Map<string, EndpointLane>();
  readonly #running = new Set<Promise<void>>();
  readonly #laneParts: LaneParts;
  #turnedAway = false;
  #isStopping = false;

  constructor(private readonly parts: DeliveryParts) {
    const onSettled = (operatorId: string, attempts: readonly Attempt[], ended: readonly Ended[]) =>
      this.#count(operatorId, attempts, ended);
    this.#laneParts = { ...parts, inTurn: inTurns(TURNS_AT_ONCE), onSettled };
  }

  /** Takes up what is due, as far as there is room. Nobody waits for what is under way. */
  async find(): Promise<void> {
    for (let round = 1; round <= ROUNDS_MAX && !this.#isStopping; round += 1) {
      const { merchantIds, crowdedOperatorIds, isFull } = this.#shares.turnedAway;
      const parameters = [this.parts.clock.now(), merchantIds, crowdedOperatorIds, isFull];
      const due = await this.parts.system.query<DueEndpoint>(DUE_ENDPOINTS, parameters);
      const begun = due.flatMap(({ operatorId, id, merchantId }) => this.#begin(operatorId, id, merchantId) ?? []);
      if (begun.length === 0) return;
      await Promise.all(begun);
    }
  }

  /** These have been added to just now: no need to look for them. */
  attend(operatorId: string, endpointIds: readonly string[]): void {
    for (const id of endpointIds) {
      const lane = this.#lanes.get(keyOf(operatorId, id));
      if (lane) lane.poke();
      else void this.#begin(operatorId, id, null);
    }
  }

  /** Begins nothing more. */
  close(): void {
    this.#isStopping = true;
    for (const lane of this.#lanes.values()) lane.stop();
  }

  /** Resolves when all has ended that ends in time; the rest is left to whoever finds it when its lease lapses. */
  async stop(graceMs: number): Promise<void> {
    this.close();
    const enough = new AbortController();
    const all = Promise.all(this.#running);
    await Promise.race([all, pause(graceMs, undefined, { signal: enough.signal }).catch(() => {})]);
    enough.abort();
    for (const lane of this.#lanes.values()) lane.abandon();
    await all;
  }

  /** Resolves when it is known whether the lane got hold of the endpoint; null where there is no room, or one already. */
  #begin(operatorId: string, endpointId: string, merchantId: string | null): Promise<void> | null {
    const key = keyOf(operatorId, endpointId);
    if (this.#isStopping || this.#lanes.has(key)) return null;
    if (!this.#shares.admits({ operatorId, merchantId })) {
      this.#turnedAway = true;
      return null;
    }
    const lane = new EndpointLane(this.#laneParts, operatorId, endpointId, merchantId);
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    this.#lanes.set(key, lane);
    const running = lane
      .run(resolve)
      .catch(this.parts.onFailure)
      .then(() => {
        this.#lanes.delete(key);
        this.#running.delete(running);
        this.#goOn();
      });
    this.#running.add(running);
    return begun;
  }

  /** As they are taken now: a lane is quick or slow from one moment to the next. */
  get #shares(): LaneShares {
    return new LaneShares(this.#lanes.values());
  }

  /** Whoever was turned away is looked for when there is room again. */
  #goOn(): void {
    if (!this.#turnedAway || this.#isStopping) return;
    this.#turnedAway = false;
    void this.find().catch(this.parts.onFailure);
  }

  #count(operatorId: string, attempts: readonly Attempt[], ended: readonly Ended[]): void {
    const { meter, units } = this.parts;
    for (const { outcome, endedAt, notification } of attempts) {
      meter.attempts.inc({ outcome });
      if (outcome !== 'DELIVERED' || notification.attempts > 0) continue;
      const happenedAt = units.clocks.realTime(operatorId, notification.occurredAt);
      meter.seconds.observe(Math.max(0, endedAt.getTime() - happenedAt.getTime()) / 1000);
    }
    meter.exhausted.inc(ended.filter(({ status }) => status === 'EXHAUSTED').length);
  }
}

function keyOf(operatorId: string, endpointId: string): string {
  return `${operatorId} ${endpointId}`;
}
