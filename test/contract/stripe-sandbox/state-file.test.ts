import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type StripeSandbox, startStripeSandbox } from '../../../src/stripe-sandbox/index.js';
import { eventually } from '../../support/eventually.js';
import { PAGE } from './checkout.js';
import { HOLD, SALE, sdk } from './sandbox.js';

let folder: string;
let stateFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  stateFile = join(folder, 'state');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a kill at this moment would leave on the disk, under another name. */
function leftByAKill(name: string): string {
  const copy = join(folder, name);
  copyFileSync(stateFile, copy);
  if (existsSync(`${stateFile}.changes`)) copyFileSync(`${stateFile}.changes`, `${copy}.changes`);
  return copy;
}

function stateIn(file: string) {
  const {
    generation: _,
    effects,
    ...state
  } = deserialize(readFileSync(file)) as {
    generation: number;
    effects: object[];
    accounts: object[];
  };
  return { ...state, effects: effects.map((effect) => JSON.stringify(effect)).toSorted() };
}

interface OlderWhole {
  accounts: { features: { sepa_debit?: boolean }; test: Record<string, unknown>; live: Record<string, unknown> }[];
}

/** Something of every kind that the sandbox keeps: made, changed, and removed again. */
async function aDay(sandbox: StripeSandbox): Promise<string> {
  const { accountId, secretKey } = sandbox.control.createAccount({ name: 'Shop' });
  const stripe = sdk(sandbox, secretKey);
  const endpoint = await stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/', enabled_events: ['*'] });
  const customer = await stripe.customers.create({ email: 'a@shop.example' });
  const held = await stripe.paymentIntents.create(HOLD, { idempotencyKey: 'hold' });
  sandbox.control.flush();
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 500 });
  await stripe.customers.update(customer.id, { name: 'Ada' });
  const sale = await stripe.paymentIntents.create({
    ...SALE,
    customer: customer.id,
    setup_future_usage: 'off_session',
  });
  await stripe.refunds.create({ payment_intent: sale.id, amount: 100 });
  sandbox.control.createDispute(String(sale.latest_charge));
  sandbox.control.flush();
  await stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_threeDSecure2Required' }).catch(() => {});
  sandbox.control.declineFrom(String(sale.payment_method), { code: 'do_not_honor', times: 3 });
  const setup = await stripe.setupIntents.create({
    payment_method: 'pm_success_de',
    allowed_payment_method_types: ['sepa_debit'],
    mandate_data: { customer_acceptance: { type: 'offline' } },
    confirm: true,
  });
  sandbox.control.setDebitDelay(accountId, 86_400);
  await stripe.paymentIntents.create({
    amount: 1000,
    currency: 'eur',
    allowed_payment_method_types: ['sepa_debit'],
    payment_method: String(setup.payment_method),
    confirm: true,
  });
  const open = await stripe.checkout.sessions.create(PAGE);
  sandbox.control.payCheckout(open.id, { card: '4000000000000002' });
  sandbox.control.expireCheckout(open.id);
  sandbox.control.payCheckout((await stripe.checkout.sessions.create(PAGE)).id);
  await stripe.checkout.sessions.create({ ...PAGE, payment_intent_data: { capture_method: 'manual' } });
  sandbox.control.bookMovement(accountId, { type: 'adjustment', amount: 5000, currency: 'eur' });
  sandbox.control.payOut(accountId);
  sandbox.control.setSettlement(accountId, { currency: 'eur', rates: { usd: 0.9 } });
  sandbox.control.setMovementDelay(accountId, 60);
  await stripe.paymentIntents.create(SALE);
  const brief = await stripe.customers.create();
  sandbox.control.flush();
  await stripe.customers.del(brief.id);
  await stripe.webhookEndpoints.del(endpoint.id);
  sandbox.control.revokeKey(sandbox.control.rollKeys(accountId).secretKey);
  sandbox.control.setFeatures(accountId, { overcapture: false });
  sandbox.control.advanceClock({ seconds: 25 * 3_600 });
  await stripe.paymentIntents.create(HOLD, { idempotencyKey: 'next day' });
  return secretKey;
}

describe('the state file', () => {
  it('has a payment as soon as it is answered, without being asked', async () => {
    const before = await startStripeSandbox({ stateFile });
    const { secretKey } = before.control.createAccount();
    const { id } = await sdk(before, secretKey).paymentIntents.create(SALE);
    const after = await startStripeSandbox({ stateFile: leftByAKill('killed') });
    try {
      expect(await sdk(after, secretKey).paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
    } finally {
      await after.close();
      await before.close();
    }
  });

  it('of the version before is read, and of one to come refused', async () => {
    const before = await startStripeSandbox({ stateFile });
    const { secretKey } = before.control.createAccount();
    const { id } = await sdk(before, secretKey).paymentIntents.create(SALE);
    await before.close();
    const whole = deserialize(readFileSync(stateFile)) as OlderWhole;
    for (const { features, test, live } of whole.accounts) {
      delete features.sepa_debit;
      for (const part of ['ibans', 'declines']) for (const book of [test, live]) delete book[part];
    }
    writeFileSync(stateFile, serialize({ ...whole, format: 1 }));
    const after = await startStripeSandbox({ stateFile });
    const stripe = sdk(after, secretKey);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: 'succeeded' });
    expect((await stripe.setupIntents.create()).payment_method_types).toContain('sepa_debit');
    await after.close();
    writeFileSync(stateFile, serialize({ ...whole, format: 99 }));
    await expect(startStripeSandbox({ stateFile })).rejects.toThrow('another version');
  });

  it('has after a kill what it has after a stop', async () => {
    const before = await startStripeSandbox({ stateFile });
    const secretKey = await aDay(before);
    before.control.setWebhookFaults({});
    await before.control.settleWebhooks();
    before.control.flush();
    const killed = leftByAKill('killed');
    await before.close();
    expect(existsSync(`${stateFile}.changes`)).toBe(false);

    const after = await startStripeSandbox({ stateFile: killed });
    expect(stateIn(killed)).toEqual(stateIn(stateFile));
    expect(await sdk(after, secretKey).paymentIntents.create(HOLD, { idempotencyKey: 'next day' })).toMatchObject({
      status: 'requires_capture',
    });
    await after.close();
  });

  it('does without a change that was cut off, and without changes that the whole has already', async () => {
    const before = await startStripeSandbox({ stateFile });
    await aDay(before);
    before.control.flush();
    const killed = leftByAKill('killed');
    copyFileSync(`${killed}.changes`, join(folder, 'old changes'));
    appendFileSync(`${killed}.changes`, Buffer.from([0, 0, 1, 0, 7]));
    await (await startStripeSandbox({ stateFile: killed })).close();
    const whole = stateIn(killed);
    expect(whole.accounts).toHaveLength(1);

    copyFileSync(join(folder, 'old changes'), `${killed}.changes`);
    await (await startStripeSandbox({ stateFile: killed })).close();
    expect(stateIn(killed)).toEqual(whole);
    await before.close();
  });

  it('can be read by its owner alone', async () => {
    const sandbox = await startStripeSandbox({ stateFile });
    sandbox.control.createAccount();
    sandbox.control.flush();
    for (const file of [stateFile, `${stateFile}.changes`]) expect(statSync(file).mode & 0o077).toBe(0);
    await sandbox.close();
    expect(statSync(stateFile).mode & 0o077).toBe(0);
  });

  it('keeps nothing of a request that outlives the sandbox, whose folder may be gone', async () => {
    const sandbox = await startStripeSandbox({ stateFile });
    const { secretKey } = sandbox.control.createAccount();
    sandbox.control.addFault({ kind: 'slow', method: 'POST', path: '^/v1/payment_intents$', delayMs: 200 });
    const cutOff = sdk(sandbox, secretKey).paymentIntents.create(HOLD, { idempotencyKey: 'too-late' });
    cutOff.catch(() => {});
    await eventually(() => {
      sandbox.control.flush();
      expect(`${readFileSync(`${stateFile}.changes`)}`).toContain('too-late');
    });
    await sandbox.close();
    const whole = readFileSync(stateFile);
    await pause(400);
    expect(existsSync(`${stateFile}.changes`)).toBe(false);
    expect(readFileSync(stateFile)).toEqual(whole);
  });

  it('frees the key of a request that a kill cut off', async () => {
    const sandbox = await startStripeSandbox({ stateFile });
    const { secretKey } = sandbox.control.createAccount();
    sandbox.control.addFault({ kind: 'slow', method: 'POST', path: '^/v1/payment_intents$', delayMs: 3_000 });
    const cutOff = sdk(sandbox, secretKey).paymentIntents.create(HOLD, { idempotencyKey: 'cut-off' });
    cutOff.catch(() => {});
    // Killed as soon as the key is on the disk, long before the answer is.
    await eventually(() => {
      sandbox.control.flush();
      expect(`${readFileSync(`${stateFile}.changes`)}`).toContain('cut-off');
    });
    const copy = leftByAKill('killed');
    await sandbox.close();

    const again = await startStripeSandbox({ stateFile: copy });
    try {
      const made = await sdk(again, secretKey).paymentIntents.create(HOLD, { idempotencyKey: 'cut-off' });
      expect(made.status).toBe('requires_capture');
    } finally {
      await again.close();
    }
  });
});
