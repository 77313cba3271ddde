import { setTimeout as pause } from 'node:timers/promises';
import { chance } from '../../test/reliability/orders/disorder.js';
import { atLeast, atMost, type Found, none, type Order, type Proof, told } from '../proof.js';
import { allOf, faultsOf } from '../world/follower.js';
import { logOf, misjudged, secondsToSettle } from '../world/judged-orders.js';
import { inThisProcess, startGenerator } from '../world/load-generator.js';
import type { LoadResult } from '../world/open-load.js';
import { cutWithManyInFlight } from './failover/in-flight.js';
import { openCluster, Scene } from './failover/scene.js';

const SIZES = {
  small: { perSecond: 15, seconds: 2, followers: 4, kills: 1, restarts: 1, inFlight: 0 },
  full: { perSecond: 30, seconds: 6, followers: 100, kills: 3, restarts: 2, inFlight: 1_000 },
};

const PATIENCE_MS = 20_000;
const REFUSED_WITHIN_S = 3;
/** What a killed process was at is looked at when its call must be over, which takes 90 seconds. */
const SETTLED_WITHIN_MS = 120_000;
const CLAIM_SECONDS = 120;

export const failover: Proof = {
  name: 'failover',
  promise: 'a process that is killed, replaced or told to stop fails nobody',
  minutes: 5,
  async run(order) {
    const cluster = await openCluster(order);
    const generator = order.size === 'full' ? await startGenerator() : inThisProcess;
    try {
      const scene = await Scene.open(cluster, generator, SIZES[order.size]);
      return await tried(scene, order);
    } finally {
      generator.close();
      await cluster.close();
    }
  },
};

async function tried(scene: Scene, order: Order): Promise<Found> {
  const { size, say } = order;
  const { cluster, followers } = scene;
  const { kills, restarts, inFlight } = SIZES[size];
  await allOf(followers, ({ subscribed }) => subscribed, PATIENCE_MS);
  await scene.send('first', { patienceMs: PATIENCE_MS, seconds: 1 });
  await allOf(followers, ({ seen }) => seen.length > 0, PATIENCE_MS);

  const killed = await kill(scene, order, kills);
  const cut = inFlight > 0 ? await cutWithManyInFlight(scene, inFlight, say) : null;
  const rolled = await restart(scene, order, restarts);
  const crashed = size === 'full' ? await crashPostgres(scene, say) : null;

  const settledIn = await settle(scene, size);
  const failures = [...scene.failures];
  // Whoever was told that it is under way asks until it is done; the key is the first request's.
  const accepted = scene.numbers('accepted', 'underWay');
  const wrong = await misjudged(cluster.witness, scene.shop, { accepted, unanswered: scene.numbers('failed') });
  const log = await logOf(cluster.witness, scene.shop);
  await allOf(followers, ({ seen }) => seen.at(-1) === log.at(-1), PATIENCE_MS);
  const { gaps, repeats } = faultsOf(followers, log);
  const reconnects = followers.reduce((sum, each) => sum + each.reconnects, 0);
  for (const follower of followers) follower.end();

  const unsettled = settledIn === null ? ['something is not settled'] : [];
  const exits = [...rolled.exits, ...(cut ? [cut] : [])];
  const badEnds = exits
    .filter(({ code }) => code !== 0)
    .map(({ code }) => `a process that was told to stop ended with ${code}`);
  const slowest = Math.max(...exits.map(({ seconds }) => seconds));
  return {
    figures: [
      atLeast('kills under load', killed.windows.length, kills),
      atMost('longest without any answer around a kill', longestOf(killed.windows), REFUSED_WITHIN_S, ' s'),
      told('  waited whose connection was lost, at most', shown(killed.windows)),
      atLeast('processes replaced under load', rolled.exits.length, restarts),
      atMost('failed while they were', rolled.failed, 0),
      atMost('turned away then, for one machine that is too slow', rolled.turnedAway, 0),
      ...(cut
        ? [
            atLeast('in flight when told to stop', cut.inFlight, inFlight),
            told('  answered there, the others elsewhere', cut.told),
          ]
        : []),
      atMost('told to stop, gone after', slowest, 10, ' s'),
      ...(crashed === null ? [] : [told('without any answer when PostgreSQL was stopped', `${crashed.refused} s`)]),
      none('failed in the end', failures),
      atLeast('orders', accepted.size, 1),
      told('settled after', `${settledIn?.toFixed(1)} s`),
      none('lost, doubled, unpaid, other at the payment system', wrong),
      atLeast('times that a subscriber was cut off and came back', reconnects, followers.length / 2),
      none('gaps', gaps),
      none('repeats', repeats),
    ],
    violations: [...failures, ...wrong, ...gaps, ...repeats, ...unsettled, ...badEnds],
  };
}

/** Each in turn is killed at some moment, and started again when all that came meanwhile is answered. */
async function kill(scene: Scene, { seed, say }: Order, count: number) {
  const random = chance(seed);
  const windows: Window[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const member = scene.cluster.member(turn % 2);
    const { load } = await scene.during(PATIENCE_MS, async () => {
      await pause(random() * 1_000);
      await member.kill();
    });
    const window = windowOf(load);
    windows.push(window);
    say(`killed ${member.name}: no answer for ${window.refused} s, the unluckiest waited ${window.longest} s`);
    await member.start();
  }
  return { windows };
}

interface Window {
  /** How long nobody at all got an answer, in seconds. */
  readonly refused: number;
  /** How long the unluckiest waited whose connection was lost. */
  readonly longest: number;
}

function windowOf({ sent }: LoadResult): Window {
  const answeredAt = sent.filter(({ outcome }) => outcome !== 'failed').map(({ atMs, tookMs }) => atMs + tookMs);
  const inOrder = [0, ...answeredAt.sort((a, b) => a - b)];
  const gaps = inOrder.slice(1).map((at, index) => at - (inOrder[index] ?? 0));
  const waits = sent.filter(({ losses }) => losses > 0).map(({ tookMs }) => tookMs);
  return { refused: seconds(Math.max(...gaps)), longest: seconds(Math.max(0, ...waits)) };
}

function seconds(ms: number): number {
  return Math.ceil(ms / 10) / 100;
}

function longestOf(windows: readonly Window[]): number {
  return Math.max(...windows.map(({ refused }) => refused));
}

function shown(windows: readonly Window[]): string {
  return windows.map(({ longest }) => `${longest} s`).join(', ');
}

/**
 * As at a deployment: one after the other is told to stop, and comes back
 * before the next. Nothing is tried again, in the full size: the machine that
 * tests share may be too slow to see in time that a process is not ready.
 */
async function restart(scene: Scene, { size, say }: Order, count: number) {
  const exits: { code: number | string | null; seconds: number }[] = [];
  let [failed, turnedAway] = [0, 0];
  for (let turn = 0; turn < count; turn += 1) {
    const member = scene.cluster.member(turn % 2);
    const { load, result } = await scene.during(size === 'full' ? 0 : PATIENCE_MS, async () => {
      const began = performance.now();
      const code = await member.stop();
      const seconds = Math.ceil(performance.now() - began) / 1_000;
      if (size === 'full') await member.start();
      return { code, seconds };
    });
    failed += load.sent.filter(({ outcome }) => outcome === 'failed' || outcome === 'underWay').length;
    turnedAway += load.sent.filter(({ outcome }) => outcome === 'OVERLOADED').length;
    exits.push(result);
    say(`${member.name} ended with ${result.code} after ${result.seconds} s`);
  }
  return { exits, failed, turnedAway };
}

async function crashPostgres(scene: Scene, say: Order['say']): Promise<Window> {
  const { load } = await scene.during(PATIENCE_MS, () => scene.cluster.postgres.crash());
  const window = windowOf(load);
  say(`PostgreSQL stopped and started: no answer for ${window.refused} s`);
  return window;
}

/** The worker does it by itself, in its own time; where there is none, the witness does, and its clock is put ahead. */
async function settle({ cluster, shop }: Scene, size: Order['size']): Promise<number | null> {
  if (size === 'full') return secondsToSettle(cluster.witness, [shop], SETTLED_WITHIN_MS);
  cluster.witness.clock.advance(CLAIM_SECONDS);
  await cluster.witness.settle();
  return secondsToSettle(cluster.witness, [shop], PATIENCE_MS);
}
