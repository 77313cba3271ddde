import { ask, type Field, neverOf, strangersFor } from './attack.js';
import type { Tenant } from './fill.js';
import { inTurns } from './in-turns.js';
import { inputsOf, type Own } from './inputs.js';
import type { Asker } from './judge.js';
import type { Owner } from './owners.js';
import {
  mutationQuestions,
  nestedQuestions,
  nodeQuestions,
  ownLists,
  type Question,
  type Readable,
  rootQuestions,
  textQuestions,
} from './questions.js';
import { ownOf } from './reading.js';

export interface Phase {
  readonly field: Field;
  /** What somebody of the asker's role may select. */
  readonly readableBy: (asker: Asker) => Readable;
  /** The part of all that is tried: 1 for everything. */
  readonly share: number;
}

/** Of each kind something of the asker's own, where there is any. */
export function ownIds({ owners }: Field, asker: Asker, tenant: Tenant): Own {
  const first = (kind: Owner['kind']) => ownOf(owners, asker, kind)[0]?.id ?? neverOf(kind);
  return {
    merchant: first('merchant'),
    order: first('order'),
    agreement: first('agreement'),
    invoice: first('invoice'),
    invoiceItem: first('invoiceItem'),
    storedCredential: first('storedCredential'),
    paymentSystemAccount: first('paymentSystemAccount'),
    bulkOperation: first('bulkOperation'),
    apiKey: first('apiKey'),
    operator: tenant.id,
    payerReference: `kanarie-${asker.letter ?? 'p'}-${asker.merchant?.number ?? 1}-test-payer`,
    secretKey: tenant.stripe.secretKey,
    publishableKey: tenant.stripe.publishableKey,
    fresh: `kanarie-${asker.letter ?? 'p'}-0-any fresh`,
  };
}

/** Everything that may be asked with something of another's. */
export function questionsFor(phase: Phase, asker: Asker, tenant: Tenant): Question[] {
  const readable = phase.readableBy(asker);
  const own = ownIds(phase.field, asker, tenant);
  const all = [
    ...nodeQuestions(readable),
    ...rootQuestions(readable, phase.field.world.literals),
    ...nestedQuestions(own),
    ...textQuestions(),
    ...mutationQuestions(inputsOf(own), phase.field.world.literals),
  ];
  return all.filter(() => phase.field.random() < phase.share);
}

const WHO_I_AM = [
  {
    name: 'viewer',
    document: '{ viewer { keyHint kind mode scopes expiresAt merchant { id name } operator { id name } } }',
  },
  { name: 'operator', document: '{ operator { id name } }' },
];

/** What is one's own is read, in all lists and by every id, and nothing else is in it. */
export async function readOwn(phase: Phase, asker: Asker, perKind: number): Promise<void> {
  const { field, readableBy } = phase;
  const readable = readableBy(asker);
  const nodes = nodeQuestions(readable).flatMap((question) => {
    const ids = ownOf(field.owners, asker, question.hole as Owner['kind']);
    return spread(ids, perKind).map(({ id }) => ({ ...question, variables: question.variables(id), given: id }));
  });
  const lists = [...ownLists(readable), ...WHO_I_AM].map((list) => ({ ...list, variables: {}, given: '' }));
  await inTurns([...nodes, ...lists], async ({ name, document, variables }) => {
    const { text } = await field.world.ask(asker.key, document, variables);
    field.judge.look(asker, name, text);
  });
}

/** Evenly over what there is, the newest and the oldest among them. */
function spread<Item>(items: readonly Item[], count: number): Item[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, index) => items[Math.floor(index * step)] as Item);
}

/** Pages that go on from a place in another's list. */
export async function followStrangeCursors(phase: Phase, asker: Asker, others: readonly Asker[]): Promise<void> {
  const { field, readableBy } = phase;
  await inTurns(ownLists(readableBy(asker)), async ({ name, document }) => {
    for (const other of others) {
      const list = ownLists(readableBy(other)).find((each) => each.name === name);
      const theirs = list && (await field.world.ask(other.key, list.document));
      const cursors = [...(theirs?.text ?? '').matchAll(/"(?:cursor|startCursor|endCursor)":"([^"]+)"/g)];
      const after = cursors[Math.floor(field.random() * cursors.length)]?.[1];
      if (after === undefined) continue;
      const { text } = await field.world.ask(asker.key, document, { after });
      field.judge.look(asker, `${name} after a cursor of ${other.name}`, text);
    }
  });
}

const MIXED = ['order', 'agreement', 'invoice', 'payer', 'storedCredential', 'operation', 'notification'] as const;
const WITH_LOADERS: Readonly<Record<string, string>> = {
  order: 'merchant { id name } operations { id transactions { id } }',
  agreement: 'payer { id name } credential { id } merchant { id }',
  invoice: 'payer { id name } merchant { id } items { nodes { id description } }',
  payer: 'name storedCredentials { id }',
  storedCredential: 'payer { id name }',
  operation: 'transactions { id }',
  notification: 'endpoint { id } attempts { number }',
};

/** One's own and others' side by side in one document, where loaders read them together. */
export async function askMixed(phase: Phase, asker: Asker): Promise<void> {
  const { field } = phase;
  if (asker.merchant === null && asker.operatorId === null) return;
  if (asker.orderId !== null) return;
  for (const kind of MIXED) {
    const own = spread(ownOf(field.owners, asker, kind), 6).map(({ id }) => id);
    const strange = strangersFor(field, asker, kind, 6);
    if (own.length === 0 || strange.length === 0) continue;
    const type = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
    const names = [...own, ...strange].map((_, index) => index);
    const select = names.map((n) => `n${n}: node(id: $i${n}) { id ... on ${type} { ${WITH_LOADERS[kind]} } }`);
    const document = `query (${names.map((n) => `$i${n}: ID!`).join(', ')}) { ${select.join(' ')} }`;
    const asked = async (others: readonly string[]) => {
      const ids = own.flatMap((id, index) => [id, ...others.slice(index, index + 1)]).concat(others.slice(own.length));
      const variables = Object.fromEntries(ids.map((id, index) => [`i${index}`, id]));
      return field.world.ask(asker.key, document, variables);
    };
    const [mixed, never] = [await asked(strange), await asked(strange.map(() => neverOf(kind)))];
    field.judge.look(asker, `${kind}s side by side`, mixed.text);
    if (mixed.text !== never.text) {
      field.judge.say(`${asker.name} can tell others' ${kind}s beside its own: ${mixed.text.slice(0, 300)}`);
    }
    const nothing = Object.values(mixed.data ?? {}).filter((each) => each === null).length;
    if (asker.isSomebody && nothing !== strange.length) {
      field.judge.say(`${asker.name} was shown ${names.length - nothing} of its ${own.length} ${kind}s among others'`);
    }
  }
}

/** Everything of somebody's, as one list of things to do. */
export async function attackAs(phase: Phase, asker: Asker, tenant: Tenant): Promise<number> {
  const questions = questionsFor(phase, asker, tenant);
  await inTurns(questions, (question) => ask(phase.field, asker, question, phase.share === 1 ? 2 : 1));
  return questions.length;
}
