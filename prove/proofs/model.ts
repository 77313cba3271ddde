import fc from 'fast-check';
import { createTestDatabase } from '../../test/support/database.js';
import { effortFigures, effortUntilNow } from '../effort.js';
import { atLeast, atMost, none, type Proof, told } from '../proof.js';
import { AGREEMENT_COMMANDS, agreeCommand, repeatCommand, sameAll, waitCommand } from './model/agreement-commands.js';
import { createCommand, ORDER_COMMANDS } from './model/commands.js';
import { type Compared, Divergence, ShopModel } from './model/compared.js';
import type { Shop } from './model/shop.js';
import { ShopFactory } from './model/shop-factory.js';

const SIZES = {
  small: { sequences: 30, commands: 0, seconds: Number.POSITIVE_INFINITY },
  full: { sequences: 5_000, commands: 100_000, seconds: 90 },
};
/** So many sequences are under way at once, each with a shop of its own. */
const TRACKS = 8;
/** As many as may be drawn for one: half of it on average. */
const COMMANDS_MAX = 54;

/** Ends before the command that runs it loses patience. */
const LIMIT_MS = 105_000;

/** Counts over all tracks. */
interface Done {
  sequences: number;
  commands: number;
}

export const model: Proof = {
  name: 'model',
  promise: 'whatever is asked in whatever order, the product answers and has what a model of a page says',
  minutes: 2,
  async run({ size, seed, postgresUrl, say }) {
    const wanted = SIZES[size];
    const database = await createTestDatabase(postgresUrl);
    const shops = new ShopFactory(database.url, TRACKS);
    try {
      say(`${wanted.sequences} sequences, ${TRACKS} at once`);
      const began = performance.now();
      const before = await effortUntilNow(database.url);
      const done: Done = { sequences: 0, commands: 0 };
      const runs = Math.ceil(wanted.sequences / TRACKS);
      const tracks = Array.from({ length: TRACKS }, (_, track) =>
        fc.check(property(shops, done), {
          seed: (seed + track) | 0,
          numRuns: runs,
          // A counterexample is made as short as it gets by then.
          interruptAfterTimeLimit: LIMIT_MS,
        }),
      );
      const divergences = (await Promise.all(tracks)).flatMap(toldOf);
      const seconds = (performance.now() - began) / 1000;
      const after = await effortUntilNow(database.url);
      const unbalanced = await shops.unbalanced();
      return {
        figures: [
          atLeast('sequences', done.sequences, wanted.sequences),
          atLeast('commands', done.commands, wanted.commands),
          atMost('seconds', Math.round(seconds), wanted.seconds),
          told('commands a second', Math.round(done.commands / seconds)),
          ...effortFigures('command', done.commands, before, after),
          none('divergences of product and model', divergences),
          none('ledgers that do not add up to nothing', unbalanced),
        ],
        violations: [...divergences, ...unbalanced],
      };
    } finally {
      await shops.close();
      await database.drop();
    }
  },
};

function property(shops: ShopFactory, done: Done) {
  // What makes a counterexample shorter is not counted.
  let isShrinking = false;
  return fc.asyncProperty(sequence(), async ([first, commands]) => {
    const shop = await shops.next();
    const model = new ShopModel();
    try {
      await first.run(model, shop);
      await fc.asyncModelRun(() => ({ model, real: shop }), commands);
      await sameAll(model, shop);
    } catch (error) {
      isShrinking = true;
      throw error;
    } finally {
      if (!isShrinking) done.sequences += 1;
      if (!isShrinking) done.commands += shop.commands;
    }
  });
}

/** One of a shop that takes orders, or of one that has an agreement and orders beside it. */
function sequence() {
  const of = (first: fc.Arbitrary<Compared>, rest: readonly fc.Arbitrary<Compared>[]) =>
    fc.tuple(first, fc.commands<ShopModel, Shop, false>([...rest], { maxCommands: COMMANDS_MAX, size: 'max' }));
  const ofOrders = of(createCommand, [...ORDER_COMMANDS, waitCommand, repeatCommand]);
  const ofAgreement = of(agreeCommand, [...AGREEMENT_COMMANDS, ...Array(4).fill(waitCommand), repeatCommand]);
  return fc.oneof({ weight: 7, arbitrary: ofOrders }, { weight: 1, arbitrary: ofAgreement });
}

/** A divergence as the commands that lead to it. */
function toldOf(run: fc.RunDetails<[[Compared, Iterable<Compared>]]>): string[] {
  if (!run.failed) return [];
  const [sequence] = run.counterexample ?? [];
  const hasRun = (each: object) => !('hasRan' in each) || each.hasRan;
  const commands = sequence
    ? [sequence[0], ...sequence[1]]
        .filter(hasRun)
        .map((each) => `\n      ${each}`)
        .join('')
    : '';
  const error = run.errorInstance;
  const why = error instanceof Divergence ? error.message : error instanceof Error ? error.stack : String(error);
  return [`seed ${run.seed}, after ${run.numShrinks} shrinkings:${commands}\n    ${why}`];
}
