import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  fetchUndeliveredEvents,
  forgetOldInboxEvents,
  type InboxHandlers,
  type PaymentGateways,
  pollEvents,
  processInbox,
  receiveWebhook,
} from '../../../src/features/payment-systems/index.js';
import { stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { StripePaymentSystem } from '../../../src/features/payment-systems/stripe-payment-system.js';
import { newUuid, publicId, uuidOf } from '../../../src/kernel/ids.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { anOperator, asOwner } from '../../support/tenancy.js';
import {
  aConnectedOperator,
  atStripe,
  CONNECT,
  type Connected,
  DISCONNECT,
  inboxOf,
  keysOf,
  paidAtStripe,
  ROTATE,
} from './accounts.js';
import { HOUR_MS, notingHandlers, type PaymentWorld, signed, startPaymentWorld } from './payment-world.js';

let world: PaymentWorld;
beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.close());

/** The endpoint's secret, read with the operator's key as the product reads it. */
async function secretOf({ uuid, operator }: Connected): Promise<string> {
  const [row] = await asOwner<{ id: string; secret: string; key: string }>(
    world,
    `select w.id, w.secret_encrypted as secret, o.data_key as key from webhook_endpoints w
     join operators o on o.id = w.operator_id where account_id = $1 order by w.id desc`,
    [uuid],
  );
  const { id: rowId = '', secret = '', key = '' } = row ?? {};
  const operatorId = operator.uuid;
  return world.gateways
    .secretsOf({ operatorId, dataKey: key })
    .decrypt(secret, { operatorId, rowId, of: 'webhookSecret' });
}

function eventBody(connected: Connected, changes: Record<string, unknown> = {}): string {
  const metadata = { quittance_operator: connected.operator.uuid };
  return JSON.stringify({
    id: `evt_${newUuid()}`,
    object: 'event',
    type: 'payment_intent.succeeded',
    created: Math.floor(world.clock.now().getTime() / 1000),
    livemode: false,
    data: { object: { object: 'payment_intent', id: `pi_${newUuid()}`, metadata, client_secret: 'pi_secret_canary' } },
    ...changes,
  });
}

async function post(accountId: string, body: string, signature: string): Promise<number> {
  const answer = await fetch(`${world.url}/webhooks/stripe/${accountId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
    body,
  });
  return answer.status;
}

describe('a delivery', () => {
  it('of the sandbox itself arrives, wakes a worker, and is handed over once', async () => {
    const connected = await aConnectedOperator(world);
    const intent = await paidAtStripe(world, connected, connected.operator.uuid);
    await world.sandbox.control.settleWebhooks();
    expect(world.woken).toContain('inbox');

    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(given).toContain(`payment ${intent.id}`);
    const seen = given.length;
    await processed(world, handlers);
    expect(given).toHaveLength(seen);
    const rows = await inboxOf(world, connected.uuid);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['PROCESSED']));
  });

  it('keeps nothing of the payer and no secret', async () => {
    const connected = await aConnectedOperator(world);
    const body = eventBody(connected);
    expect(await post(connected.accountId, body, signed(body, await secretOf(connected), world.clock.now()))).toBe(200);
    const [row] = await asOwner(world, 'select payload::text from inbox_events where account_id = $1', [
      connected.uuid,
    ]);
    expect(JSON.stringify(row)).not.toContain('canary');
  });

  it('with a forged signature is refused', async () => {
    const connected = await aConnectedOperator(world);
    const body = eventBody(connected);
    const now = world.clock.now();
    const secret = await secretOf(connected);
    expect(await post(connected.accountId, body, signed(body, 'whsec_guess', now))).toBe(400);
    expect(await post(connected.accountId, `${body} `, signed(body, secret, now))).toBe(400);
    expect(await post(connected.accountId, body, '')).toBe(400);
    expect(await post(connected.accountId, '', signed('', secret, now))).toBe(400);
    expect(await inboxOf(world, connected.uuid)).toEqual([]);
  });

  it.each(['[]', 'null', '1', '"x"', '{}', '{"id":"evt_x","type":"payment_intent.succeeded","data":{}}'])(
    'of %s is refused, though signed',
    async (body) => {
      const connected = await aConnectedOperator(world);
      const signature = signed(body, await secretOf(connected), world.clock.now());
      expect(await post(connected.accountId, body, signature)).toBe(400);
    },
  );

  it('with a stale timestamp is refused', async () => {
    const connected = await aConnectedOperator(world);
    const body = eventBody(connected);
    const old = new Date(world.clock.now().getTime() - 301_000);
    expect(await post(connected.accountId, body, signed(body, await secretOf(connected), old))).toBe(400);
  });

  it("signed with another account's secret is refused, also of the same operator's", async () => {
    const [first, second] = [await aConnectedOperator(world), await aConnectedOperator(world)];
    const body = eventBody(second);
    const now = world.clock.now();
    expect(await post(second.accountId, body, signed(body, await secretOf(first), now))).toBe(400);
    expect(await inboxOf(world, second.uuid)).toEqual([]);
  });

  it('of the other mode or another account is refused, though signed', async () => {
    const connected = await aConnectedOperator(world);
    const secret = await secretOf(connected);
    for (const changes of [{ livemode: true }, { account: 'acct_other' }]) {
      const body = eventBody(connected, changes);
      expect(await post(connected.accountId, body, signed(body, secret, world.clock.now()))).toBe(400);
    }
  });

  it('for an account that is not there is not found, whatever the reason', async () => {
    const connected = await aConnectedOperator(world);
    const body = eventBody(connected);
    const signature = signed(body, await secretOf(connected), world.clock.now());
    await connected.operator.do(DISCONNECT, { accountId: connected.accountId });
    for (const id of [
      connected.accountId,
      publicId('paymentSystemAccount', newUuid()),
      'psa_x',
      connected.operator.id,
    ]) {
      expect(await post(id, body, signature)).toBe(404);
    }
  });

  it('of a type that nothing is done about is answered and forgotten', async () => {
    const connected = await aConnectedOperator(world);
    const body = eventBody(connected, { type: 'customer.created' });
    expect(await post(connected.accountId, body, signed(body, await secretOf(connected), world.clock.now()))).toBe(200);
    expect(await inboxOf(world, connected.uuid)).toEqual([]);
  });

  it('three times at once is one event', async () => {
    const connected = await aConnectedOperator(world);
    const body = eventBody(connected);
    const signature = signed(body, await secretOf(connected), world.clock.now());
    const deliver = () => receiveWebhook(world.inbox, connected.accountId, Buffer.from(body), signature);
    expect(await Promise.all([deliver(), deliver(), deliver()])).toEqual([200, 200, 200]);
    expect(await inboxOf(world, connected.uuid)).toHaveLength(1);
  });

  it('during a rotation is taken with either secret, afterwards with the new one only', async () => {
    const connected = await aConnectedOperator(world);
    const older = await secretOf(connected);
    const rolled = world.sandbox.control.rollKeys(connected.stripe.accountId);
    await connected.operator.do(ROTATE, { accountId: connected.accountId, ...keysOf(rolled), overlapHours: 1 });
    const newer = await secretOf(connected);
    expect(newer).not.toBe(older);

    const status = async (secret: string) => {
      const body = eventBody(connected);
      return post(connected.accountId, body, signed(body, secret, world.clock.now()));
    };
    expect([await status(older), await status(newer)]).toEqual([200, 200]);
    world.clock.advance(2 * HOUR_MS);
    expect([await status(older), await status(newer)]).toEqual([400, 200]);
  });
});

describe('processing', () => {
  async function received(connected: Connected, changes: Record<string, unknown> = {}): Promise<void> {
    const body = eventBody(connected, changes);
    const signature = signed(body, await secretOf(connected), world.clock.now());
    expect(await receiveWebhook(world.inbox, connected.accountId, Buffer.from(body), signature)).toBe(200);
  }

  it("drops the operator's other traffic, and another operator's on the same account", async () => {
    const connected = await aConnectedOperator(world);
    const others = { object: 'payment_intent', id: 'pi_other', metadata: { quittance_operator: newUuid() } };
    await received(connected, { data: { object: others } });
    await received(connected, { data: { object: { ...others, metadata: {} } } });
    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(given).toEqual([]);
    const rows = await inboxOf(world, connected.uuid);
    expect(rows.map(({ status }) => status)).toEqual(['FOREIGN', 'FOREIGN']);
  });

  it('names the payment of refunds and disputes', async () => {
    const connected = await aConnectedOperator(world);
    await received(connected, {
      type: 'refund.created',
      data: { object: { object: 'refund', id: 're_1', payment_intent: 'pi_1' } },
    });
    await received(connected, {
      type: 'charge.dispute.created',
      data: { object: { object: 'dispute', id: 'dp_1', payment_intent: 'pi_1' } },
    });
    const { handlers, given } = notingHandlers(connected.uuid);
    await processed(world, handlers);
    expect(given.sort()).toEqual(['dispute dp_1 pi_1', 'refund re_1 pi_1']);
  });

  it('by two workers at once hands each event over once', async () => {
    const connected = await aConnectedOperator(world);
    for (let made = 0; made < 12; made += 1) await received(connected);
    const { handlers, given, answers } = notingHandlers(connected.uuid);
    answers.next = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return 'done';
    };
    await Promise.all([processed(world, handlers), processed(world, handlers)]);
    expect(given).toHaveLength(12);
    expect(new Set(given).size).toBe(12);
  });

  it('passes over an operator whose payment system is slow, and nobody else', async () => {
    const [slow, quick] = [await aConnectedOperator(world), await aConnectedOperator(world)];
    for (let made = 0; made < 25; made += 1) await received(slow);
    await received(quick);
    const waiting: (() => void)[] = [];
    const given: string[] = [];
    const payment: InboxHandlers['payment'] = async ({ id }) => {
      given.push(id);
      if (id === slow.uuid) await new Promise<void>((resolve) => waiting.push(resolve));
      return 'done';
    };
    const handlers = { ...notingHandlers(quick.uuid).handlers, payment };
    const lanes = new OperatorLanes(world.inbox.onFailure);
    const run = () => processInbox(world.inbox, handlers, lanes);
    const first = run();
    const settled = async () =>
      (await inboxOf(world, quick.uuid)).filter(({ status }) => status === 'PROCESSED').length;
    const ofSlow = () => given.filter((id) => id === slow.uuid).length;
    const until = async (isSo: () => Promise<boolean>) => {
      while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await until(async () => ofSlow() === 4 && (await settled()) === 1);
    await received(quick);
    await run();
    await until(async () => (await settled()) === 2);
    expect(ofSlow()).toBe(4);

    const ending = setInterval(() => {
      for (const end of waiting.splice(0)) end();
    }, 1);
    await first;
    await until(async () => ofSlow() === 20);
    await until(async () => (await run()) === 0 && ofSlow() === 25);
    clearInterval(ending);
  });

  it('parks what is not known yet, and finds it later', async () => {
    const connected = await aConnectedOperator(world);
    await received(connected);
    const { handlers, given, answers } = notingHandlers(connected.uuid);
    answers.next = async () => 'unknown-object';
    await processed(world, handlers);
    expect(await inboxOf(world, connected.uuid)).toMatchObject([{ status: 'PARKED', attempts: 1 }]);
    await processed(world, handlers);
    expect(given).toHaveLength(1);

    answers.next = async () => 'done';
    world.clock.advance(3_000);
    await processed(world, handlers);
    expect(await inboxOf(world, connected.uuid)).toMatchObject([{ status: 'PROCESSED', attempts: 2, error: null }]);
  });

  it('tries again after an error, keeps its scrubbed text, and gives up after three days', async () => {
    const connected = await aConnectedOperator(world);
    await received(connected);
    const { handlers, answers } = notingHandlers(connected.uuid);
    answers.next = async () => {
      throw new Error('failed with sk_test_canarycanary');
    };
    await processed(world, handlers);
    const [first] = await inboxOf(world, connected.uuid);
    expect(first).toMatchObject({ status: 'PARKED', error: 'Error: failed with sk_test_[secret]' });
    for (let round = 0; round < 20; round += 1) {
      world.clock.advance(12 * HOUR_MS);
      await processed(world, handlers);
    }
    expect(await inboxOf(world, connected.uuid)).toMatchObject([{ status: 'FAILED' }]);
  });

  it('gives nothing up while the keys are rejected, and tries everything again when they are replaced', async () => {
    const connected = await aConnectedOperator(world);
    await received(connected);
    const { handlers, answers } = notingHandlers(connected.uuid);
    answers.next = async () => {
      throw new Error('refused');
    };
    const threeDays = async () => {
      for (let round = 0; round < 10; round += 1) {
        world.clock.advance(12 * HOUR_MS);
        await processed(world, handlers);
      }
    };
    await threeDays();
    await received(connected);
    world.sandbox.control.revokeKey(connected.stripe.secretKey);
    await threeDays();
    const statuses = async () => (await inboxOf(world, connected.uuid)).map(({ status }) => status);
    expect(await statuses()).toEqual(['FAILED', 'PARKED']);
    expect(world.logged.some((line) => line.includes('was given up'))).toBe(true);

    const rolled = world.sandbox.control.rollKeys(connected.stripe.accountId);
    await connected.operator.do(ROTATE, { accountId: connected.accountId, ...keysOf(rolled) });
    expect(await statuses()).toEqual(['RECEIVED', 'RECEIVED']);
    await processed(world, handlers);
    expect(await statuses()).toEqual(['PARKED', 'PARKED']);
    answers.next = async () => 'done';
    world.clock.advance(12 * HOUR_MS);
    await processed(world, handlers);
    expect(await statuses()).toEqual(['PROCESSED', 'PROCESSED']);
  });

  it('does not let a worker that was too slow overrule the one after it', async () => {
    const connected = await aConnectedOperator(world);
    await received(connected);
    const slow = notingHandlers(connected.uuid);
    let release = () => {};
    slow.answers.next = async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return 'unknown-object';
    };
    const first = processed(world, slow.handlers);
    while (slow.given.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    world.clock.advance(61_000);
    await processed(world, notingHandlers(connected.uuid).handlers);
    release();
    await first;
    expect(await inboxOf(world, connected.uuid)).toMatchObject([{ status: 'PROCESSED', attempts: 2 }]);
  });

  it('forgets what was processed a month ago, and nothing that failed', async () => {
    const connected = await aConnectedOperator(world);
    await received(connected);
    await processed(world, notingHandlers(connected.uuid).handlers);
    await received(connected);
    world.clock.advance(31 * 24 * HOUR_MS);
    await forgetOldInboxEvents(world.inbox);
    expect(await inboxOf(world, connected.uuid)).toMatchObject([{ status: 'RECEIVED' }]);
  });
});

/** As a worker of its own would process what is due. */
function processed({ inbox }: PaymentWorld, handlers: InboxHandlers): Promise<number> {
  return processInbox(inbox, handlers, new OperatorLanes(inbox.onFailure));
}

/** Real gateways, but for how much of a list they take at once; `onPage` is called before each. */
function withPagesOfTwo(
  { sandbox, gateways }: PaymentWorld,
  secretKey: string,
  onPage: () => void = () => {},
): PaymentGateways {
  const { hostname: host, port } = new URL(sandbox.url);
  const client = stripeClient(secretKey, { host, port: Number(port), protocol: 'http' });
  const system = new StripePaymentSystem(client, () => {}, 2);
  const systemFor = () => {
    onPage();
    return system;
  };
  return Object.assign(Object.create(gateways), { systemFor });
}

describe('fetching events', () => {
  it('takes them in order from where it stopped, each once', async () => {
    const away = await startPaymentWorld({ canReachLocalhost: false });
    const operator = await anOperator(away);
    const stripe = away.sandbox.control.createAccount();
    const { account } = await operator.do<{ account: { id: string } }>(CONNECT, keysOf(stripe));
    const { handlers, given } = notingHandlers(uuidOf('paymentSystemAccount', account.id) ?? '');

    const first = await paidAtStripe(away, { stripe }, operator.uuid);
    await pollEvents(away.inbox);
    await pollEvents(away.inbox);
    await processed(away, handlers);
    expect(new Set(given)).toEqual(new Set([`payment ${first.id}`]));
    const before = given.length;

    const second = await paidAtStripe(away, { stripe }, operator.uuid);
    await atStripe(away, stripe.secretKey, 'refunds', { payment_intent: second.id });
    await pollEvents(away.inbox);
    await processed(away, handlers);
    expect(given.slice(before)).toContain(`payment ${second.id}`);
    expect(given.slice(before).some((each) => each.startsWith('refund re_'))).toBe(true);
    expect(given.slice(before)).not.toContain(`payment ${first.id}`);
    expect(away.woken.length).toBeGreaterThan(0);
    await away.close();
  });

  it('takes in what could not be delivered', async () => {
    const connected = await aConnectedOperator(world);
    world.sandbox.control.setWebhookFaults({ lose: 1 });
    const intent = await paidAtStripe(world, connected, connected.operator.uuid);
    await world.sandbox.control.settleWebhooks();
    world.sandbox.control.setWebhookFaults({});
    expect(await inboxOf(world, connected.uuid)).toEqual([]);

    const { handlers, given } = notingHandlers(connected.uuid);
    await fetchUndeliveredEvents(world.inbox);
    await processed(world, handlers);
    expect(given).toContain(`payment ${intent.id}`);
  });

  it('takes in every event of three days, however many pages they fill', async () => {
    const away = await startPaymentWorld({ canReachLocalhost: false });
    const operator = await anOperator(away);
    const stripe = away.sandbox.control.createAccount();
    const { account } = await operator.do<{ account: { id: string } }>(CONNECT, keysOf(stripe));
    const uuid = uuidOf('paymentSystemAccount', account.id) ?? '';
    let toFailAt = 0;
    const gateways = withPagesOfTwo(away, stripe.secretKey, () => {
      toFailAt -= 1;
      if (toFailAt === 0) away.sandbox.control.addFault({ kind: 'error_500_before', path: '/v1/events' });
    });
    const parts = { ...away.inbox, gateways };
    const paid = async (times: number) => {
      for (let made = 0; made < times; made += 1) await paidAtStripe(away, { stripe }, operator.uuid);
    };
    const keptOf = async () => (await inboxOf(away, uuid)).length;
    await paid(5);
    await pollEvents(parts);
    expect(await keptOf()).toBe(5);
    await paid(5);
    await pollEvents(parts);
    expect(await keptOf()).toBe(10);

    // The forgotten place, then the newest page, then an interruption.
    toFailAt = 3;
    await asOwner(away, 'update payment_system_accounts set polled_event_id = $2 where id = $1', [uuid, 'evt_gone']);
    const place = 'select polled_event_id as place from payment_system_accounts where id = $1';
    await pollEvents(parts);
    expect(await asOwner(away, place, [uuid])).toEqual([{ place: 'evt_gone' }]);
    away.sandbox.control.clearFaults();
    await paid(3);
    await pollEvents(parts);
    expect(await keptOf()).toBe(13);
    const newest = 'events?limit=1&type=payment_intent.succeeded';
    const { data } = await atStripe<{ data: { id: string }[] }>(away, stripe.secretKey, newest);
    expect(await asOwner(away, place, [uuid])).toEqual([{ place: data[0]?.id }]);
    await away.close();
  });

  it('takes in everything that could not be delivered, however many pages it fills', async () => {
    const connected = await aConnectedOperator(world);
    world.sandbox.control.setWebhookFaults({ lose: 1 });
    for (let made = 0; made < 5; made += 1) await paidAtStripe(world, connected, connected.operator.uuid);
    await world.sandbox.control.settleWebhooks();
    world.sandbox.control.setWebhookFaults({});
    const parts = { ...world.inbox, gateways: withPagesOfTwo(world, connected.stripe.secretKey) };
    await fetchUndeliveredEvents(parts);
    expect(await inboxOf(world, connected.uuid)).toHaveLength(5);
  });

  it('notes that the keys are no longer accepted, once', async () => {
    const connected = await aConnectedOperator(world);
    world.sandbox.control.revokeKey(connected.stripe.secretKey);
    await fetchUndeliveredEvents(world.inbox);
    await fetchUndeliveredEvents(world.inbox);
    const { operator } = await connected.operator.ask('{ operator { paymentSystemAccounts { status } } }');
    expect(operator).toEqual({ paymentSystemAccounts: [{ status: 'KEYS_REJECTED' }] });
    expect(await connected.operator.events('payment_system.keys_rejected')).toHaveLength(1);

    const rolled = world.sandbox.control.rollKeys(connected.stripe.accountId);
    const answer = await connected.operator.do(ROTATE, { accountId: connected.accountId, ...keysOf(rolled) });
    expect(answer).toMatchObject({ account: { status: 'ACTIVE' } });
  });
});
