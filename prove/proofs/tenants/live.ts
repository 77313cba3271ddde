import { getNamedType } from 'graphql';
import { Listener } from '../../../test/api/live/listener.js';
import type { Json } from '../../../test/support/product.js';
import { idPlaces, type Literals, leaves, objectType, rootFields } from './api.js';
import { type Field, neverOf, strangersFor } from './attack.js';
import type { Tenant } from './fill.js';
import { orderOf, sale } from './fill.js';
import { kindOf } from './holes.js';
import type { Asker } from './judge.js';
import type { Owner } from './owners.js';
import { ownOf } from './reading.js';

interface Heard {
  readonly asker: Asker;
  readonly listener: Listener;
}

const CLIENT_SELECTION = 'cursor occurredAt status orderId order { id status merchant { id name } }';

/** All subscriptions of everybody while everybody does something: each hears its own, and nothing else. */
export async function listen(
  field: Field,
  askers: readonly Asker[],
  act: () => Promise<void>,
): Promise<{ readonly events: number; readonly subscriptions: number }> {
  const heard: Heard[] = [];
  let subscriptions = 0;
  try {
    for (const asker of askers.filter(({ isSomebody, letter }) => isSomebody && letter !== null)) {
      const listener = await Listener.of({ url: field.world.product.url, key: asker.key });
      subscriptions += await follow(field, asker, listener);
      heard.push({ asker, listener });
    }
    await act();
    for (const { asker, listener } of heard) {
      if (asker.mode === 'LIVE') continue;
      await listener.until(() => listener.messages.some(({ type }) => type === 'next'), 30_000);
    }
    let events = 0;
    for (const { asker, listener } of heard) {
      const told = listener.messages.filter(({ type }) => type === 'next');
      events += told.length;
      for (const message of told) {
        field.judge.look(asker, `a subscription ${message.id}`, JSON.stringify(message));
        field.world.coverage.note(documentOf(asker, String(message.id), field.world.literals), payloadOf(message));
      }
    }
    return { events, subscriptions };
  } finally {
    for (const { listener } of heard) listener.drop();
  }
}

const payloadOf = (message: object) => (message as { payload?: { data?: unknown } }).payload?.data;

function documentOf(asker: Asker, name: string, literals: Literals): string {
  const field = rootFields('Subscription').find((each) => each.name === name);
  if (!field) throw new Error(`there is no subscription ${name}`);
  const type = objectType(getNamedType(field.type).name);
  const objects = Object.values(type.getFields()).filter((each) =>
    String(each.type).match(/^(Order|Agreement|Invoice)!/),
  );
  const inside = objects.map(
    (each) => `${each.name} { ${leaves(objectType(getNamedType(each.type).name), literals)} }`,
  );
  const selected = asker.orderId ? CLIENT_SELECTION : `${leaves(type, literals)} ${inside.join(' ')}`;
  const id = field.args.find((argument) => argument.name === 'id');
  return id
    ? `subscription ($id: ID!) { ${name}(id: $id) { ${selected} } }`
    : `subscription ($ids: ID) { ${name}(${idPlaces(field)[0]?.[0]}: $ids) { ${selected} } }`;
}

/** One's own of every kind, and another's, which has to be refused as what never was. */
async function follow(field: Field, asker: Asker, listener: Listener): Promise<number> {
  const { literals } = field.world;
  let count = 0;
  for (const { name, args } of rootFields('Subscription')) {
    if (asker.orderId && name !== 'orderStatusChanged') continue;
    const document = documentOf(asker, name, literals);
    const needsId = args.some((argument) => argument.name === 'id');
    const [place = ''] = idPlaces(rootFields('Subscription').find((each) => each.name === name) as never)[0] ?? [];
    const kind = needsId ? 'bulkOperation' : kindOf(name, [place]);
    const variables = (id: string | undefined): Json => ({ [needsId ? 'id' : 'ids']: id });
    const own = ownOf(field.owners, asker, kind as Owner['kind'])[0]?.id;
    const refused = async (id: string) => {
      const errors = await listener.refusal(variables(id), document);
      listener.messages.splice(0);
      return JSON.stringify(errors).replaceAll(id, '<given>');
    };
    const [never, ...given] = [await refused(neverOf(kind)), ...strangersFor(field, asker, kind, 2)];
    for (const id of given) {
      count += 1;
      const answer = await refused(id);
      if (answer !== never)
        field.judge.say(`${asker.name} can tell by ${name} that ${id} exists: ${answer}, not ${never}`);
    }
    const followed = asker.orderId ?? (needsId ? own : undefined);
    if (needsId && followed === undefined) continue;
    listener.send({ id: name, type: 'subscribe', payload: { query: document, variables: variables(followed) } });
    count += 1;
  }
  return count;
}

/** Something happens to everybody's orders, agreements and invoices. */
export async function happen(field: Field, tenants: readonly Tenant[], orders: readonly string[]): Promise<void> {
  const { world } = field;
  for (const [index, { letter, merchants, keys }] of tenants.entries()) {
    for (const { number, key } of merchants)
      await world.do(key, 'createOrder', orderOf(letter, number, 'live', sale()));
    await world.do(keys.merchant, 'captureOrder', { orderId: orders[index] });
    const payer = { reference: `kanarie-${letter}-1-test-live` };
    const { invoice } = await world.do<{ invoice: { id: string } }>(keys.merchant, 'addInvoiceItem', {
      payer,
      currency: 'EUR',
      description: `kanarie-${letter}-1-test`,
      unitPrice: '1.00',
    });
    await world.do(keys.merchant, 'finalizeInvoice', { invoiceId: invoice.id });
    const { agreement } = await world.do<{ agreement: { id: string } }>(keys.merchant, 'createAgreement', {
      payer,
      currency: 'EUR',
      payment: { credential: { token: 'pm_card_visa' } },
      terms: { type: 'UNSCHEDULED' },
    });
    await world.do(keys.merchant, 'suspendAgreement', { agreementId: agreement.id });
  }
}
