import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { keepEvents } from '../../../src/features/payment-systems/inbox-sql.js';
import {
  fetchUndeliveredEvents,
  type InboxHandlers,
  pollEvents,
  processInbox,
  updateWebhookEndpoints,
} from '../../../src/features/payment-systems/index.js';
import {
  EVENT_TYPE_LISTS,
  EVENT_TYPES,
  externalEvent,
  subjectOf,
} from '../../../src/features/payment-systems/stripe-events.js';
import { newUuid, uuidOf } from '../../../src/kernel/ids.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { anOperator, asOwner } from '../../support/tenancy.js';
import {
  aConnectedOperator,
  atStripe,
  CONNECT,
  type Connected,
  DISCONNECT,
  endpointsAtStripe,
  inboxOf,
  keysOf,
  paidAtStripe,
} from './accounts.js';
import { HOUR_MS, notingHandlers, type PaymentWorld, startPaymentWorld } from './payment-world.js';

let world: PaymentWorld;
beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.close());
afterEach(() => world.sandbox.control.clearFaults());

function processed({ inbox }: PaymentWorld, handlers: InboxHandlers): Promise<number> {
  return processInbox(inbox, handlers, new OperatorLanes(inbox.onFailure));
}

/** Verifies a card at Stripe past the product, as ours when an operator is named, and detaches it again. */
async function verifiedAndDetached(at: PaymentWorld, { stripe }: Pick<Connected, 'stripe'>, operatorId?: string) {
  const ask = (path: string, form: Record<string, string>) =>
    atStripe<{ id: string; payment_method: string }>(at, stripe.secretKey, path, form);
  const customer = await ask('customers', { email: 'payer@example.com' });
  const intent = await ask('setup_intents', {
    customer: customer.id,
    payment_method: 'pm_card_visa',
    confirm: 'true',
    'automatic_payment_methods[enabled]': 'true',
    'automatic_payment_methods[allow_redirects]': 'never',
    ...(operatorId ? { 'metadata[quittance_operator]': operatorId } : {}),
  });
  await ask(`payment_methods/${intent.payment_method}/detach`, {});
  return { verification: intent.id, credential: intent.payment_method };
}

describe('what an event is about', () => {
  const about = (object: object) => subjectOf({ data: { object } }, 'operator-1');

  it.each([
    [{ object: 'setup_intent', id: 'seti_1', metadata: { quittance_operator: 'operator-1' } }, 'verification', true],
    [{ object: 'setup_intent', id: 'seti_1', metadata: { quittance_operator: 'operator-2' } }, 'verification', false],
    [{ object: 'setup_intent', id: 'seti_1' }, 'verification', false],
  ])('a verification says itself whose it is', (object, kind, ours) => {
    expect(about(object)).toEqual({ kind, externalId: 'seti_1', ours });
  });

  it('a means of payment and a mandate do not', () => {
    expect(about({ object: 'payment_method', id: 'pm_1' })).toEqual({ kind: 'credential', externalId: 'pm_1' });
    expect(about({ object: 'mandate', id: 'mandate_1' })).toEqual({ kind: 'mandate', externalId: 'mandate_1' });
    expect(about({ object: 'mandate' })).toEqual({ kind: 'other' });
    expect(about({ object: 'customer', id: 'cus_1' })).toEqual({ kind: 'other' });
  });

  it('a page says itself whose it is, and a payout is of the account', () => {
    const page = { object: 'checkout.session', id: 'cs_1' };
    const metadata = { quittance_operator: 'operator-1' };
    expect(about({ ...page, metadata })).toEqual({ kind: 'page', externalId: 'cs_1', ours: true });
    expect(about(page)).toEqual({ kind: 'page', externalId: 'cs_1', ours: false });
    expect(about({ object: 'payout', id: 'po_1' })).toEqual({ kind: 'payout', externalId: 'po_1' });
  });

  it('a charge is about its payment, and when it is updated about the balance', () => {
    const object = { object: 'charge', id: 'ch_1', payment_intent: 'pi_1', metadata: { quittance_operator: 'o' } };
    const asked = (type: string, operatorId = 'o') => subjectOf({ type, data: { object } }, operatorId);
    expect(asked('charge.captured')).toEqual({ kind: 'payment', externalId: 'pi_1', ours: true });
    expect(asked('charge.updated')).toEqual({ kind: 'movement' });
    expect(asked('charge.updated', 'another')).toEqual({ kind: 'other' });
    expect(about({ object: 'balance', available: [] })).toEqual({ kind: 'movement' });
  });
});

describe('an event about money of the account', () => {
  const keep = ({ operator, uuid }: Connected, type: string, object: object) => {
    const created = Math.floor(world.clock.now().getTime() / 1000);
    const event = { id: `evt_${newUuid()}`, type, created, livemode: false, data: { object } };
    const external = externalEvent(event as unknown as Stripe.Event);
    return world.inbox.units.sql(operator.uuid, (transaction) => keepEvents(transaction, uuid, [external]));
  };

  it('is handed over as what it is about', async () => {
    const connected = await aConnectedOperator(world);
    const metadata = { quittance_operator: connected.operator.uuid };
    const page = { object: 'checkout.session', payment_intent: 'pi_1', url: 'https://checkout.example/secret' };
    await keep(connected, 'checkout.session.completed', { ...page, id: 'cs_ours', metadata });
    await keep(connected, 'checkout.session.expired', { ...page, id: 'cs_theirs', metadata: {} });
    await keep(connected, 'payout.paid', { object: 'payout', id: 'po_1' });
    await keep(connected, 'balance.available', { object: 'balance', available: [{ amount: 100, currency: 'eur' }] });
    await keep(connected, 'charge.updated', { object: 'charge', id: 'ch_1', payment_intent: 'pi_1', metadata });
    await keep(connected, 'charge.updated', { object: 'charge', id: 'ch_2', payment_intent: 'pi_2', metadata: {} });

    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(given.sort()).toEqual(['movement', 'movement', 'page cs_ours', 'payout po_1']);
    const rows = await inboxOf(world, connected.uuid);
    expect(rows.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      'balance.available PROCESSED',
      'charge.updated FOREIGN',
      'charge.updated PROCESSED',
      'checkout.session.completed PROCESSED',
      'checkout.session.expired FOREIGN',
      'payout.paid PROCESSED',
    ]);
  });

  it('arrives from the sandbox: a fee that is known late, and a payout that fails', async () => {
    const connected = await aConnectedOperator(world);
    const { accountId } = connected.stripe;
    world.sandbox.control.setMovementDelay(accountId, 60);
    await paidAtStripe(world, connected, connected.operator.uuid);
    world.clock.advance(4 * 24 * HOUR_MS);
    const [payout] = world.sandbox.control.payOut(accountId);
    world.sandbox.control.failPayout(payout?.id ?? '', 'account_closed');
    await world.sandbox.control.settleWebhooks();
    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(given).toEqual(expect.arrayContaining(['movement', `payout ${payout?.id}`]));
    const types = (await inboxOf(world, connected.uuid)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['charge.updated', 'payout.created', 'payout.failed']));
  });

  it('keeps neither the way to a page nor what the balance is', async () => {
    const connected = await aConnectedOperator(world);
    await keep(connected, 'checkout.session.completed', {
      object: 'checkout.session',
      id: 'cs_1',
      url: 'https://checkout.example/canary',
      customer_details: { email: 'canary@example.com' },
    });
    await keep(connected, 'balance.available', { object: 'balance', available: [{ amount: 4711, currency: 'eur' }] });
    const rows = await asOwner<{ payload: unknown }>(world, 'select payload from inbox_events where account_id = $1', [
      connected.uuid,
    ]);
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/canary|4711/);
  });
});

describe('a delivery', () => {
  it('about a verification or a means of payment is handed over as such', async () => {
    const connected = await aConnectedOperator(world);
    const { verification, credential } = await verifiedAndDetached(world, connected, connected.operator.uuid);
    await world.sandbox.control.settleWebhooks();
    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(given).toContain(`verification ${verification}`);
    expect(given).toContain(`credential ${credential}`);
  });

  it("about the operator's own verification goes no further, and a handler may say the same of a card", async () => {
    const connected = await aConnectedOperator(world);
    const { credential } = await verifiedAndDetached(world, connected);
    await world.sandbox.control.settleWebhooks();
    const { handlers, given, answers } = notingHandlers(connected.uuid);
    answers.next = async () => 'foreign';
    await processed(world, handlers);
    expect(given).toEqual([`credential ${credential}`]);
    const rows = await inboxOf(world, connected.uuid);
    expect(rows.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      'payment_method.detached FOREIGN',
      'setup_intent.succeeded FOREIGN',
    ]);
  });

  it('about a mandate is handed over as such', async () => {
    const connected = await aConnectedOperator(world);
    const ask = (path: string, form: Record<string, string>) =>
      atStripe<{ id: string; payment_method: string; mandate: string }>(world, connected.stripe.secretKey, path, form);
    const { id: customer } = await ask('customers', { email: 'payer@example.com' });
    const { payment_method, mandate } = await ask('setup_intents', {
      customer,
      payment_method: 'pm_success_de',
      confirm: 'true',
      'allowed_payment_method_types[]': 'sepa_debit',
      'mandate_data[customer_acceptance][type]': 'offline',
    });
    await ask(`payment_methods/${payment_method}/detach`, {});
    await world.sandbox.control.settleWebhooks();
    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(mandate).toMatch(/^mandate_/);
    expect(given).toContain(`mandate ${mandate}`);
  });
});

describe('fetching more types than a list takes', () => {
  it('is done in lists that together are all of them, each once', () => {
    expect(EVENT_TYPES.length).toBeGreaterThan(20);
    expect(EVENT_TYPE_LISTS.flat()).toEqual([...EVENT_TYPES]);
    for (const types of EVENT_TYPE_LISTS) expect(types.length).toBeLessThanOrEqual(20);
  });

  it('takes in what could not be delivered of every list', async () => {
    const connected = await aConnectedOperator(world);
    world.sandbox.control.setWebhookFaults({ lose: 1 });
    const payment = await paidAtStripe(world, connected, connected.operator.uuid);
    const { verification, credential } = await verifiedAndDetached(world, connected, connected.operator.uuid);
    await world.sandbox.control.settleWebhooks();
    world.sandbox.control.setWebhookFaults({});
    await fetchUndeliveredEvents(world.inbox);
    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(given).toEqual(
      expect.arrayContaining([`payment ${payment.id}`, `verification ${verification}`, `credential ${credential}`]),
    );
  });

  it('polls them in one list, keeps what is processed, and goes on from the newest of any type', async () => {
    const away = await startPaymentWorld({ canReachLocalhost: false });
    const operator = await anOperator(away);
    const stripe = away.sandbox.control.createAccount();
    const { account } = await operator.do<{ account: { id: string } }>(CONNECT, keysOf(stripe));
    const uuid = uuidOf('paymentSystemAccount', account.id) ?? '';
    const typesKept = async () => (await inboxOf(away, uuid)).map(({ type }) => type);

    await verifiedAndDetached(away, { stripe }, operator.uuid);
    await atStripe(away, stripe.secretKey, 'customers', { email: 'last@example.com' });
    await pollEvents(away.inbox);
    expect((await typesKept()).sort()).toEqual(['payment_method.detached', 'setup_intent.succeeded']);
    const [place] = await asOwner<{ id: string }>(
      away,
      'select polled_event_id as id from payment_system_accounts where id = $1',
      [uuid],
    );
    const { data } = await atStripe<{ data: { id: string; type: string }[] }>(away, stripe.secretKey, 'events?limit=1');
    expect(data).toMatchObject([{ id: place?.id, type: 'customer.created' }]);

    await paidAtStripe(away, { stripe }, operator.uuid);
    await pollEvents(away.inbox);
    expect(await typesKept()).toHaveLength(3);
    await away.close();
  });
});

describe('an endpoint that does not send everything', () => {
  const eventsOf = async ({ stripe }: Connected) => {
    const endpoints = await endpointsAtStripe(world, stripe.secretKey);
    return endpoints.map(({ enabled_events }) => enabled_events);
  };
  const setEvents = async ({ stripe }: Connected, types: readonly string[]) => {
    const [endpoint] = await endpointsAtStripe(world, stripe.secretKey);
    const form = Object.fromEntries(types.map((type, place) => [`enabled_events[${place}]`, type]));
    await atStripe(world, stripe.secretKey, `webhook_endpoints/${endpoint?.id}`, form);
  };
  const updatesOf = ({ stripe }: Connected) =>
    world.sandbox.control.requests({ accountId: stripe.accountId, method: 'POST', path: '/webhook_endpoints/we_' });

  it('is brought up to date, once', async () => {
    const connected = await aConnectedOperator(world);
    await setEvents(connected, ['payment_intent.succeeded', 'customer.created']);
    const before = updatesOf(connected).length;
    await updateWebhookEndpoints(world.inbox);
    expect(await eventsOf(connected)).toEqual([[...EVENT_TYPES]]);
    await updateWebhookEndpoints(world.inbox);
    const updates = updatesOf(connected).slice(before);
    expect(updates).toMatchObject([{ idempotencyKey: expect.stringMatching(/^update:/) }]);
  });

  it('of the version before pages and payouts gets their events', async () => {
    const connected = await aConnectedOperator(world);
    const added = /^(checkout|payout|balance)\.|^charge\.updated$/;
    const before = EVENT_TYPES.filter((type) => !added.test(type));
    expect(EVENT_TYPES.length - before.length).toBe(12);
    await setEvents(connected, before);
    await updateWebhookEndpoints(world.inbox);
    expect(await eventsOf(connected)).toEqual([[...EVENT_TYPES]]);
  });

  it('is left alone when it sends all there is', async () => {
    const connected = await aConnectedOperator(world);
    await setEvents(connected, ['*']);
    await updateWebhookEndpoints(world.inbox);
    expect(await eventsOf(connected)).toEqual([['*']]);
  });

  it('of another installation on the same account is not ours to change', async () => {
    const connected = await aConnectedOperator(world);
    await atStripe(world, connected.stripe.secretKey, 'webhook_endpoints', {
      url: 'https://other.example/webhooks/stripe/psa_x',
      'enabled_events[]': 'refund.created',
      'metadata[quittance_account]': newUuid(),
    });
    await updateWebhookEndpoints(world.inbox);
    expect(await eventsOf(connected)).toContainEqual(['refund.created']);
  });

  it('waits for the next round when Stripe does not answer, and holds up nobody else', async () => {
    const [slow, quick] = [await aConnectedOperator(world), await aConnectedOperator(world)];
    for (const each of [slow, quick]) await setEvents(each, ['refund.created']);
    world.sandbox.control.addFault({ kind: 'error_503', path: '/webhook_endpoints', count: 1 });
    await updateWebhookEndpoints(world.inbox);
    const updated = [...(await eventsOf(slow)), ...(await eventsOf(quick))].filter((types) => types.length > 1);
    expect(updated.length).toBeGreaterThan(0);
    await updateWebhookEndpoints(world.inbox);
    for (const each of [slow, quick]) expect(await eventsOf(each)).toEqual([[...EVENT_TYPES]]);
  });

  it('is nothing to ask about for an account that is disconnected, and notes keys that are rejected', async () => {
    const [gone, rejected] = [await aConnectedOperator(world), await aConnectedOperator(world)];
    await gone.operator.do(DISCONNECT, { accountId: gone.accountId });
    world.sandbox.control.revokeKey(rejected.stripe.secretKey);
    world.clock.advance(HOUR_MS);
    await updateWebhookEndpoints(world.inbox);
    const { operator } = await rejected.operator.ask('{ operator { paymentSystemAccounts { status } } }');
    expect(operator).toEqual({ paymentSystemAccounts: [{ status: 'KEYS_REJECTED' }] });
  });
});
