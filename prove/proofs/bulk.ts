import { chance } from '../../test/reliability/orders/disorder.js';
import { aBillingShop } from '../../test/support/agreements.js';
import { awaitingFile, bulkOperation, control, putFile } from '../../test/support/bulk.js';
import { runFiles } from '../../test/support/bulk-rows.js';
import type { Product } from '../../test/support/product.js';
import { atLeast, atMost, type Found, none, type Order, type Proof, told } from '../proof.js';
import { asOwner } from '../world/as-owner.js';
import { Cluster } from '../world/cluster.js';
import { booksHold, dryRunHolds, rowsHold, type Stock, sendFiles } from './bulk/carrying-out.js';
import { killCarryingOut } from './bulk/killing.js';
import { mostMb } from './bulk/memory.js';
import { came, killReceiving, malformedAreRefused, sendMalformed, until, updatesCsv } from './bulk/receiving.js';
import { unsettledCount } from './crash/settling.js';
import { agreementsOf } from './crash/tenants.js';

interface Wanted {
  /** Of the large file, and of the small ones that it is compared with. */
  readonly many: number;
  readonly few: number;
  /** Small ones before anything is measured: a young process takes memory for whatever it does first. */
  readonly warmUp: number;
  readonly killsReceiving: number;
  readonly killsCarryingOut: number;
  readonly shops: number;
  /** Of each shop. */
  readonly files: number;
  readonly rows: number;
}

const SIZES: Readonly<Record<Order['size'], Wanted>> = {
  small: { many: 500, few: 100, warmUp: 0, killsReceiving: 1, killsCarryingOut: 1, shops: 1, files: 2, rows: 20 },
  full: {
    many: 100_000,
    few: 1_000,
    warmUp: 20,
    killsReceiving: 6,
    killsCarryingOut: 14,
    shops: 4,
    files: 6,
    rows: 80,
  },
};
/** More than one portion, so that some of it is stored when the process dies. */
const CUT_OFF = 8_000;
const GROWS_MAX_MB = 50;
const KILLING_S = 60;
/** What is not tried by then is cancelled, and has to be told so, row by row. */
const TRIED_WITHIN_MS = 45_000;
const MALFORMED_MIN = 40;
/** What a dead process had in hand is its own for a minute; of a payment, for a minute and a half. */
const A_LEASE_S = 91;
const ROUNDS_MAX = 40;

export const bulk: Proof = {
  name: 'bulk',
  promise: 'of a file no row is lost and none carried out twice, whatever dies, and its size costs no memory',
  minutes: 4,
  async run(order) {
    const cluster = await Cluster.open({
      members: ['api', 'worker'],
      seed: order.seed,
      postgresUrl: order.postgresUrl,
    });
    try {
      return await prove(cluster, order);
    } finally {
      await cluster.close();
    }
  },
};

async function prove(cluster: Cluster, { size, seed, say }: Order): Promise<Found> {
  const wanted = SIZES[size];
  const stock = await openShops(cluster, wanted);
  const [{ shop }] = stock;
  const sent = await sendMalformed(shop);
  const malformed = await malformedAreRefused(shop, sent);
  say(`${sent.length} malformed files`);
  const large = await runLarge(cluster, stock[0], wanted);
  say(`memory of api and worker: ${large.fewMb} MB, ${large.manyMb} MB`);
  const cutOff: string[] = [];
  for (let kill = 1; kill <= wanted.killsReceiving; kill += 1) {
    cutOff.push(...(await killReceiving(shop, cluster.member(0), CUT_OFF, `cut-off-${kill}`)));
  }
  const files = (await Promise.all(stock.map((each) => sendFiles(each, wanted)))).flat();
  const kills = { kills: wanted.killsCarryingOut, seconds: size === 'full' ? KILLING_S : 5 };
  const killed = await killCarryingOut(cluster, cluster.member(1), chance(seed), kills);
  say(`killed ${killed} times in the midst of ${files.length} files`);
  await endWithout(cluster);
  const rows = await rowsHold(cluster.witness, files);
  const books = await booksHold(cluster.witness, stock);
  const grownMb = Math.max(...large.manyMb.map((mb, index) => mb - (large.fewMb[index] ?? 0)));
  const carriedOut = wanted.shops * wanted.files * wanted.rows;
  return {
    figures: [
      atLeast('malformed files', sent.length, MALFORMED_MIN),
      none('taken, or refused without a reason', malformed),
      told('rows of a file received', wanted.many),
      told('of them tried without effect, the rest cancelled', large.tried),
      told('of them a second', Math.round(large.tried / large.tookS)),
      none('of them lost, doubled, or with an effect', large.violations),
      told(`memory at ${wanted.few} rows, api and worker`, `${large.fewMb.join(', ')} MB`),
      size === 'full'
        ? atMost(`more of it at ${wanted.many} rows`, grownMb, GROWS_MAX_MB, ' MB')
        : told(`more of it at ${wanted.many} rows`, `${grownMb} MB`),
      atLeast('kills while a file was received', wanted.killsReceiving, wanted.killsReceiving),
      none('files not whole after that', cutOff),
      atLeast('kills in the midst of carrying out', killed, wanted.killsCarryingOut),
      told('rows carried out', carriedOut),
      none('of them lost or doubled', rows),
      told('charges at the payment system', books.charges),
      none('differences to its books', books.violations),
    ],
    violations: [...malformed, ...large.violations, ...cutOff, ...rows, ...books.violations],
  };
}

/** The first has more: what is tried without effect is of its agreements, too. */
async function openShops(cluster: Cluster, { shops, files, rows }: Wanted): Promise<[Stock, ...Stock[]]> {
  const agreements = files * rows + 1;
  const open = async (name: string): Promise<Stock> => {
    const shop = await aBillingShop(cluster.witness, { timeZone: 'UTC' });
    await agreementsOf(cluster, shop, name, agreements);
    return { shop, name, agreements };
  };
  const others = Array.from({ length: shops - 1 }, (_, index) => open(`shop-${index + 2}`));
  return [await open('shop-1'), ...(await Promise.all(others))];
}

/** A large file beside small ones: what each of the processes has at most in memory while it works on it. */
async function runLarge({ witness, members }: Cluster, stock: Stock, { few, many, warmUp }: Wanted) {
  for (let file = 1; file <= warmUp; file += 1) await tryWithoutEffect(witness, stock, few, `warm-${file}`);
  await tryWithoutEffect(witness, stock, few, 'few');
  const fewMb = await Promise.all(members.map(mostMb));
  const began = performance.now();
  const tried = await tryWithoutEffect(witness, stock, many, 'many');
  const manyMb = await Promise.all(members.map(mostMb));
  const tookS = (performance.now() - began) / 1000;
  const violations = [...(await dryRunHolds(witness, 'few', few)), ...(await dryRunHolds(witness, 'many', many))];
  return { fewMb, manyMb, tookS, tried, violations };
}

/** A file of changes that is put, and whose rows are tried without any effect until none is left. */
async function tryWithoutEffect(
  witness: Product,
  { shop, name: shopName, agreements }: Stock,
  rows: number,
  name: string,
) {
  const { operation } = await awaitingFile(shop, 'updateAgreements', { dryRun: true });
  const agreement = (row: number) => `${shopName}-${(row % (agreements - 1)) + 2}`;
  const answer = await putFile(operation.uploadUrl, updatesCsv(rows, name, agreement));
  if (answer.operation?.counts.total !== rows) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  // Not by the API: rows wait while somebody is served.
  const isOver = async () => (await openFiles(witness)) === 0;
  if (!(await came(isOver, TRIED_WITHIN_MS))) await control(shop, 'cancel', operation.id);
  await until(isOver, `the end of ${name}`);
  return (await bulkOperation(shop, operation.id))?.counts.succeeded ?? 0;
}

/** Nobody is there any more but the witness, whose clock is moved, and who makes an end of all that was begun. */
async function endWithout({ members, witness }: Cluster): Promise<void> {
  await Promise.all(members.map((member) => member.stop('SIGKILL')));
  const isOpen = async () => (await openFiles(witness)) + (await unsettledCount(witness)) > 0;
  for (let round = 0; round < ROUNDS_MAX && (round === 0 || (await isOpen())); round += 1) {
    witness.advance(A_LEASE_S);
    await runFiles(witness);
    await witness.settle();
  }
}

async function openFiles(product: Product): Promise<number> {
  const open = `select count(*)::int as count from bulk_operations where status in ('RUNNING', 'CANCELING')`;
  return (await asOwner<{ count: number }>(product, open))[0]?.count ?? 0;
}
