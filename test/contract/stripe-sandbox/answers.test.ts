import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { newShop, refusalOf, SALE, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

describe('answers', () => {
  it('carry the request id, the version and the key', async () => {
    const { stripe } = newShop(sandbox.current);
    const { lastResponse } = await stripe.customers.create({}, { idempotencyKey: 'once' });
    expect(lastResponse).toMatchObject({
      requestId: expect.stringMatching(/^req_/),
      apiVersion: Stripe.API_VERSION,
      idempotencyKey: 'once',
      statusCode: 200,
    });
    const missing = await refusalOf(stripe.paymentIntents.retrieve('pi_none'));
    expect(missing).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'intent',
      message: "No such payment_intent: 'pi_none'",
      requestId: expect.stringMatching(/^req_/),
    });
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, customer: 'cus_none' }))).toMatchObject({
      statusCode: 400,
      param: 'customer',
      code: 'resource_missing',
    });
    expect(await refusalOf(stripe.products.list())).toMatchObject({
      statusCode: 404,
      message: expect.stringContaining('Unrecognized request URL (GET: /v1/products)'),
    });
  });

  it('are expanded where asked, four levels deep', async () => {
    const { stripe } = newShop(sandbox.current);
    const customer = await stripe.customers.create({ name: 'Ada' });
    const { id } = await stripe.paymentIntents.create({ ...SALE, customer: customer.id });
    const intent = await stripe.paymentIntents.retrieve(id, {
      expand: ['customer', 'payment_method', 'latest_charge.balance_transaction', 'latest_charge.refunds'],
    });
    expect(intent).toMatchObject({
      customer: { name: 'Ada' },
      payment_method: { card: { last4: '4242' } },
      latest_charge: { balance_transaction: { net: 941 }, refunds: { data: [] } },
    });
    const list = await stripe.paymentIntents.list({ expand: ['data.latest_charge'] });
    expect(list.data).toMatchObject([{ latest_charge: { object: 'charge' } }]);
    expect((await refusalOf(stripe.paymentIntents.list({ expand: ['latest_charge'] }))).message).toContain(
      "You may want to try expanding 'data.latest_charge' instead.",
    );
    expect(await refusalOf(stripe.paymentIntents.create({ ...SALE, expand: ['colour'] }))).toMatchObject({
      message: 'This property cannot be expanded (colour).',
    });
    expect((await stripe.paymentIntents.list()).data).toHaveLength(1);
    const deep = ['data.latest_charge.payment_intent.latest_charge.payment_intent'];
    expect((await refusalOf(stripe.paymentIntents.list({ expand: deep }))).message).toContain('more than 4 levels');
  });

  it('come in pages, the newest first', async () => {
    const { stripe } = newShop(sandbox.current);
    const ids: string[] = [];
    for (let made = 0; made < 5; made += 1) ids.unshift((await stripe.customers.create()).id);
    const first = await stripe.customers.list({ limit: 2 });
    expect([first.data.map((each) => each.id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const rest = await stripe.customers.list({ limit: 3, starting_after: ids[1] ?? '' });
    expect([rest.data.map((each) => each.id), rest.has_more]).toEqual([ids.slice(2), false]);
    const before = await stripe.customers.list({ limit: 2, ending_before: ids[3] ?? '' });
    expect([before.data.map((each) => each.id), before.has_more]).toEqual([ids.slice(1, 3), true]);
    const all: string[] = [];
    for await (const each of stripe.customers.list({ limit: 2 })) all.push(each.id);
    expect(all).toEqual(ids);
    const now = Math.floor(sandbox.current.control.now().getTime() / 1000);
    expect((await stripe.customers.list({ created: { gt: now + 1 } })).data).toEqual([]);
    expect((await stripe.customers.list({ created: { gte: now - 60, lte: now } })).data).toHaveLength(5);
    expect(await refusalOf(stripe.customers.list({ limit: 101 }))).toMatchObject({ param: 'limit' });
    expect(await refusalOf(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
      code: 'resource_missing',
      param: 'starting_after',
    });
  });
});

describe('a customer', () => {
  it('is changed and deleted, with events that say how', async () => {
    const { stripe } = newShop(sandbox.current);
    const made = await stripe.customers.create({ name: 'Ada', email: 'ada@example.com', metadata: { a: '1' } });
    await stripe.customers.update(made.id, { name: 'Ada L.', metadata: { a: '2' } });
    const [event] = (await stripe.events.list({ type: 'customer.updated' })).data;
    expect(event?.data.previous_attributes).toEqual({ name: 'Ada', metadata: { a: '1' } });
    expect(event?.data.object).toMatchObject({ name: 'Ada L.', email: 'ada@example.com' });
    expect(await stripe.customers.del(made.id)).toEqual(expect.objectContaining({ id: made.id, deleted: true }));
    expect(await stripe.customers.retrieve(made.id)).toMatchObject({ deleted: true });
    expect(await refusalOf(stripe.customers.update(made.id, { name: 'x' }))).toMatchObject({ statusCode: 404 });
    expect((await stripe.customers.list()).data).toEqual([]);
  });
});
