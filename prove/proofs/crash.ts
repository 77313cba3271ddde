import { setTimeout as pause } from 'node:timers/promises';
import { chance } from '../../test/reliability/orders/disorder.js';
import { atLeast, atMost, type Figure, type Found, none, type Order, type Proof, told } from '../proof.js';
import { Cluster } from '../world/cluster.js';
import { booksOfAll, type Days, ledgerHolds, periodsHold } from './crash/books.js';
import { Clients } from './crash/clients.js';
import { historyHolds } from './crash/history.js';
import { MoodyReceiver } from './crash/moody-receiver.js';
import { notificationsHold } from './crash/notified.js';
import { makeAnEnd, secondsUntilSettled, tellAll, unsettledCount } from './crash/settling.js';
import { calm, FaultCount, passDays, Reaper, stirUp } from './crash/storm.js';
import { openTenants, type Tenants } from './crash/tenants.js';

type Role = 'api' | 'worker';

interface Wanted {
  readonly members: readonly Role[];
  readonly sellers: number;
  readonly billers: number;
  readonly agreements: number;
  readonly clients: number;
  /** So many at least are asked of them. */
  readonly requests: number;
  readonly kills: number;
  readonly crashes: number;
  readonly charges: number;
  /** In which processes are killed: so many seconds, on a slow machine up to so many. */
  readonly stormS: number;
  readonly stormMostS: number;
  /** In which only the payment system is in trouble: what a killed process had begun is left alone for 90 s. */
  readonly afterS: number;
  /** Whether what is unknown is waited for in earnest, rather than by clocks that are moved. */
  readonly inEarnest: boolean;
  readonly dayEveryMs: number;
}

const SIZES: Readonly<Record<Order['size'], Wanted>> = {
  small: {
    members: ['api', 'worker'],
    sellers: 1,
    billers: 1,
    agreements: 6,
    clients: 4,
    requests: 40,
    kills: 3,
    crashes: 1,
    charges: 20,
    stormS: 3,
    stormMostS: 180,
    afterS: 0,
    inEarnest: false,
    dayEveryMs: 1_500,
  },
  full: {
    members: ['api', 'api', 'worker', 'worker'],
    sellers: 6,
    billers: 3,
    agreements: 50,
    clients: 24,
    requests: 3_000,
    kills: 300,
    crashes: 10,
    charges: 5_000,
    stormS: 150,
    stormMostS: 170,
    afterS: 40,
    inEarnest: true,
    dayEveryMs: 9_000,
  },
};
/** Of a hundred calls; few calls may have more luck. */
const FAULTS_MIN = { small: 25, full: 40 };
const RESOLVED_WITHIN_S = 60;
/** Of what shops answer. */
const BADLY = 0.4;

export const crash: Proof = {
  name: 'crash',
  promise: 'whatever dies in the middle of whatever: nothing is lost, nothing doubled, and all books agree',
  minutes: 8,
  async run(order) {
    const random = chance(order.seed);
    const wanted = SIZES[order.size];
    const receiver = await MoodyReceiver.open(chance(order.seed + 1), BADLY);
    const cluster = await Cluster.open({ members: wanted.members, seed: order.seed });
    try {
      return await prove({ cluster, receiver, random, wanted, order });
    } finally {
      await cluster.close();
      await receiver.close();
    }
  },
};

interface World {
  readonly cluster: Cluster;
  readonly receiver: MoodyReceiver;
  readonly random: () => number;
  readonly wanted: Wanted;
  readonly order: Order;
}

async function prove(world: World): Promise<Found> {
  const { cluster, receiver, wanted, order } = world;
  const first = Math.floor(cluster.witness.clock.now().getTime() / 86_400_000) + 1;
  const tenants = await openTenants(cluster, receiver.receiver, wanted);
  order.say('open');
  const storm = await goThroughStorm(world, tenants);
  const tookS = wanted.inEarnest ? await secondsUntilSettled(cluster.witness, 3 * RESOLVED_WITHIN_S) : null;
  order.say(`all known after ${tookS} s`);
  await Promise.all(cluster.members.map((member) => member.stop('SIGKILL')));
  return judge(world, { ...storm, tenants, days: { first, moved: storm.days }, tookS });
}

interface Storm {
  readonly clients: Clients;
  readonly faults: FaultCount;
  readonly reaper: Reaper;
  readonly days: number;
}

async function goThroughStorm({ cluster, random, wanted, order }: World, tenants: Tenants): Promise<Storm> {
  const doors = cluster.members.filter((_, index) => wanted.members[index] === 'api');
  const clients = new Clients(tenants.sellers, doors, random);
  const reaper = new Reaper(cluster, random);
  const faults = new FaultCount(cluster.sandbox);
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  stirUp(cluster.sandbox);
  const asking = Array.from({ length: wanted.clients }, () => clients.keepAsking(() => isOver));
  const passing = passDays(tenants.billers, wanted.dayEveryMs, () => isOver);
  await reaper.reap({
    kills: wanted.kills,
    crashes: wanted.crashes,
    seconds: wanted.stormS,
    mostSeconds: wanted.stormMostS,
  });
  await reaper.allUp();
  order.say(`${reaper.kills} killed, ${cluster.postgres.crashes} times no database, ${clients.commands.length} asked`);
  await pause(wanted.afterS * 1000);
  const deadline = performance.now() + RESOLVED_WITHIN_S * 1000;
  while (clients.commands.length < wanted.requests && performance.now() < deadline) await pause(100);
  end();
  const days = await passing;
  const patience = setTimeout(() => clients.giveUp(), RESOLVED_WITHIN_S * 1000);
  await Promise.all(asking);
  clearTimeout(patience);
  calm(cluster.sandbox);
  faults.isOver = true;
  return { clients, faults, reaper, days };
}

type Outcome = Storm & { readonly tenants: Tenants; readonly tookS: number | null };

async function judge(
  { cluster, receiver, wanted, order }: World,
  outcome: Omit<Outcome, 'days'> & { readonly days: Days },
): Promise<Found> {
  const { clients, faults, reaper, tenants, days, tookS } = outcome;
  const { witness } = cluster;
  const periods = () => Promise.all(tenants.billers.map((each) => periodsHold(witness, each, days)));
  const isOpen = async () => {
    const open = (await periods()).some(({ violations }) => violations.length > 0);
    return open || (await unsettledCount(witness)) > 0;
  };
  await makeAnEnd(witness, isOpen);
  await clients.askAtTheEnd(cluster.witnessUrl);
  await makeAnEnd(witness, isOpen);
  order.say('all is settled');
  const charged = await periods();
  const books = await booksOfAll(witness, [...tenants.sellers, ...tenants.billers]);
  const history = await historyHolds(witness, clients.commands);
  const ledger = await ledgerHolds(witness);
  receiver.behaveWell();
  await tellAll(witness);
  const notified = await notificationsHold(witness, receiver);
  const unpaid = charged.flatMap(({ violations }) => violations);
  const resolved: Figure[] =
    tookS === null
      ? []
      : [atMost('seconds until nothing is unknown any more', Math.ceil(tookS), RESOLVED_WITHIN_S, ' s')];
  const share = Math.round((100 * faults.struck) / Math.max(faults.calls, 1));
  return {
    figures: [
      atLeast('charges at the payment system', books.charges, wanted.charges),
      told(
        'of them of a schedule',
        charged.reduce((sum, each) => sum + each.charged, 0),
      ),
      atLeast('processes killed at work', reaper.kills, wanted.kills),
      atLeast('immediate stops of PostgreSQL', cluster.postgres.crashes, wanted.crashes),
      told('calls to the payment system', faults.calls),
      atLeast('of a hundred in trouble', share, FAULTS_MIN[order.size]),
      told('requests of clients', clients.commands.length),
      told(
        'answers lost',
        clients.commands.reduce((sum, { lost }) => sum + lost, 0),
      ),
      ...resolved,
      none('promises to clients that were not kept', history),
      told('objects compared', books.objects),
      none('differences to the payment system’s books', books.differences),
      none('periods not charged once', unpaid),
      told('postings', ledger.postings),
      none('differences in the ledger', ledger.violations),
      told('notifications', notified.notifications),
      told('answers of shops that were not ok', receiver.refusals),
      none('notifications that were lost', notified.violations),
    ],
    violations: [...history, ...books.differences, ...unpaid, ...ledger.violations, ...notified.violations],
  };
}
