import { setTimeout as pause } from 'node:timers/promises';
import { type ID_PREFIXES, newUuid, publicId } from '../../../src/kernel/ids.js';
import { shuffled } from '../../../test/reliability/orders/disorder.js';
import { markOf } from './fill.js';
import { type Asker, type Judge, maySee } from './judge.js';
import type { Owners } from './owners.js';
import type { Hole, Question } from './questions.js';
import type { Answer, World } from './world.js';

const TEXTS: readonly Hole[] = ['billNumber', 'orderNumber', 'payerReference', 'agreementReference'];
const ENDINGS: Readonly<Partial<Record<Hole, string>>> = {
  orderNumber: 'sale',
  payerReference: 'payer',
  agreementReference: 'monthly',
};

export interface Field {
  readonly world: World;
  readonly owners: Owners;
  readonly judge: Judge;
  readonly letters: readonly string[];
  /** Numbers that are the same with everybody, so that only whose they are can be told apart. */
  readonly billNumbers: Readonly<Record<string, readonly string[]>>;
  readonly random: () => number;
}

/** Something of each class of strangers: other tenants, the other merchant, the other mode. */
export function strangersFor(field: Field, asker: Asker, hole: Hole, of: number): string[] {
  if (TEXTS.includes(hole)) return strangeTexts(field, asker, hole).slice(0, of);
  const kind = hole as keyof typeof ID_PREFIXES;
  const strange = field.owners.all(kind).filter((owner) => !maySee(asker, owner));
  const classes = Map.groupBy(strange, ({ operatorId, merchantId, mode }) =>
    operatorId === asker.operatorId ? `${merchantId} ${mode}` : operatorId,
  );
  const some = [...classes.values()].map((each) => each[Math.floor(field.random() * each.length)]?.id ?? '');
  return shuffled(some.filter(Boolean), field.random).slice(0, of);
}

function strangeTexts({ letters, billNumbers, random }: Field, asker: Asker, hole: Hole): string[] {
  const others = letters.filter((letter) => letter !== asker.letter);
  if (hole === 'billNumber') {
    return others.map((letter) => billNumbers[letter]?.[Math.floor(random() * 5)] ?? '');
  }
  const marks = others.map((letter) => markOf(letter, 1));
  if (asker.letter && asker.merchant) marks.push(markOf(asker.letter, asker.merchant.number === 1 ? 2 : 1));
  return marks.map((mark) => `${mark}-${ENDINGS[hole]}`);
}

export function neverOf(hole: Hole): string {
  if (hole === 'billNumber') return '999999999999';
  if (TEXTS.includes(hole)) return `${markOf('z', 9)}-${ENDINGS[hole]}`;
  return publicId(hole as keyof typeof ID_PREFIXES, newUuid());
}

const told = async (field: Field, answer: Answer, given: string) => {
  const text = await opened(field, answer.text);
  return `${answer.status} ${text.replaceAll(given, '<given>')}`;
};

/** An export's link says what it is for, so it is what is behind it that is compared. */
async function opened({ world, judge: _ }: Field, text: string): Promise<string> {
  const [link] = /http:\/\/[^"]+\.csv/.exec(text) ?? [];
  if (!link) return text;
  const url = new URL(new URL(link).pathname, world.product.url);
  for (;;) {
    const response = await fetch(url);
    const file = await response.text();
    // An operator has so many slots, and whoever asks at once for more waits: that tells of nobody.
    if (response.status !== 503) return text.replace(link, file);
    await pause(100);
  }
}

/** Asks for what is others' and for what never was: both have to be answered alike, and with nothing of anybody's. */
export async function ask(field: Field, asker: Asker, question: Question, strangers = 4): Promise<void> {
  const { world, judge } = field;
  const given = strangersFor(field, asker, question.hole, strangers);
  if (given.length === 0) return;
  const never = neverOf(question.hole);
  const answer = await world.ask(asker.key, question.document, question.variables(never));
  const expected = await told(field, answer, never);
  judge.look(asker, question.name, expected, never);
  if (!asker.isSomebody && answer.status !== 401 && answer.status !== 403) {
    judge.say(`${asker.name} was let in: ${question.name} was answered with ${answer.status}`);
  }
  for (const id of given) {
    const actual = await told(field, await world.ask(asker.key, question.document, question.variables(id)), id);
    judge.look(asker, question.name, actual, id);
    if (actual !== expected) {
      judge.say(
        `${asker.name} can tell that ${id} exists, by ${question.name}: ${actual.slice(0, 300)} and not ${expected.slice(0, 300)}`,
      );
    }
  }
}
