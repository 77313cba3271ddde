import { setTimeout as pause } from 'node:timers/promises';
import { aShop, type Shop } from '../../../test/support/product.js';
import type { Order } from '../../proof.js';
import { Cluster } from '../../world/cluster.js';
import { Follower } from '../../world/follower.js';
import type { LoadGenerator } from '../../world/load-generator.js';
import type { Member } from '../../world/member.js';
import type { LoadResult, Sent } from '../../world/open-load.js';

export interface SceneSize {
  readonly perSecond: number;
  /** How long requests come around each event. */
  readonly seconds: number;
  readonly followers: number;
}

/** Two processes that answer, a shop that sells all the time, and those who watch its orders. */
export class Scene {
  /** All that was ever sent, by its number: what was heard of it last. */
  readonly heard = new Map<string, Sent>();
  readonly failures: string[] = [];
  private parts = 0;

  private constructor(
    readonly cluster: Cluster,
    readonly generator: LoadGenerator,
    readonly shop: Shop,
    readonly followers: readonly Follower[],
    private readonly size: SceneSize,
  ) {}

  static async open(cluster: Cluster, generator: LoadGenerator, size: SceneSize): Promise<Scene> {
    const shop = await aShop(cluster.witness);
    const urls = [cluster.member(0).url, cluster.member(1).url];
    const followers = Array.from({ length: size.followers }, (_, index) => new Follower(urls, shop.key, index));
    return new Scene(cluster, generator, shop, followers, size);
  }

  /** Sales at the steady rate, in the middle of which something happens. */
  async during<Result>(
    patienceMs: number,
    happens: () => Promise<Result>,
  ): Promise<{ readonly load: LoadResult; readonly result: Result }> {
    const { seconds } = this.size;
    const event = pause((seconds * 1_000) / 4).then(happens);
    event.catch(() => {});
    const load = await this.send(`part ${++this.parts}`, { patienceMs, seconds });
    return { load, result: await event };
  }

  async send(
    name: string,
    how: {
      readonly patienceMs: number;
      readonly seconds: number;
      readonly perSecond?: number;
      readonly to?: readonly Member[];
    },
  ): Promise<LoadResult> {
    const { patienceMs, seconds, perSecond = this.size.perSecond, to } = how;
    const members = to ?? [this.cluster.member(0), this.cluster.member(1)];
    const urls = members.map(({ url }) => url);
    const result = await this.generator.generate({
      ...{ urls, keys: [this.shop.key], perSecond, seconds, name, patienceMs },
    });
    for (const each of result.sent) this.hear(each);
    this.failures.push(...result.failures);
    return result;
  }

  /** A refusal says nothing of an earlier try with the same key, of which it may not have been heard what it did. */
  private hear(sent: Sent): void {
    const refused = sent.outcome === 'OVERLOADED' || sent.outcome === 'RATE_LIMITED';
    const earlier = this.heard.get(sent.number);
    if (refused && earlier) return;
    this.heard.set(sent.number, refused && sent.losses > 0 ? { ...sent, outcome: 'failed' } : sent);
  }

  numbers(...outcomes: readonly Sent['outcome'][]): ReadonlySet<string> {
    return new Set([...this.heard.values()].filter(({ outcome }) => outcomes.includes(outcome)).map(numberOf));
  }
}

function numberOf({ number }: Sent): string {
  return number;
}

export function openCluster({ size, seed, postgresUrl }: Order): Promise<Cluster> {
  return size === 'full'
    ? Cluster.open({ members: ['api', 'api', 'worker'], seed })
    : Cluster.open({ members: ['api', 'api'], seed, postgresUrl });
}
