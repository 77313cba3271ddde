import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { PAGE } from './checkout.js';
import { HOLD, SALE, sdk } from './sandbox.js';

interface Process {
  child: ChildProcess;
  url: string;
  controlUrl: string;
}

let folder: string;
let running: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
});
afterEach(async () => {
  await Promise.all(running.map(kill));
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** The sandbox as a process of its own, on the state that the one before left. */
async function start(): Promise<Process> {
  const child = spawn(process.execPath, ['--no-warnings', path.resolve('test/contract/stripe-sandbox/process.mjs')], {
    env: { PATH: process.env.PATH, STRIPE_SANDBOX_STATE: path.join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url, controlUrl } = JSON.parse(line.toString()) as { url: string; controlUrl: string };
  return { child, url, controlUrl };
}

async function tell(process: Process, at: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(`${process.controlUrl}${at}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, string>;
}

function client({ url }: Process, key: string | undefined): Stripe {
  return sdk({ url } as Parameters<typeof sdk>[0], key ?? '');
}

describe('a sandbox that is killed right after an answer', () => {
  it('knows everything that it answered', async () => {
    const first = await start();
    const { secretKey } = await tell(first, '/accounts', {});
    await kill(first.child);

    const second = await start();
    const held = await client(second, secretKey).paymentIntents.create(HOLD, { idempotencyKey: 'hold' });
    await kill(second.child);

    const third = await start();
    const stripe = client(third, secretKey);
    expect(await stripe.paymentIntents.retrieve(held.id)).toEqual({ ...held });
    expect((await stripe.paymentIntents.create(HOLD, { idempotencyKey: 'hold' })).id).toBe(held.id);
    const sales = await Promise.all(Array.from({ length: 20 }, () => stripe.paymentIntents.create(SALE)));
    await stripe.paymentIntents.capture(held.id);
    await kill(third.child);

    const fourth = await start();
    const again = client(fourth, secretKey);
    expect(await again.paymentIntents.retrieve(held.id)).toMatchObject({ status: 'succeeded' });
    const kept = (await again.paymentIntents.list({ limit: 100 })).data.map(({ id }) => id);
    expect(new Set(kept)).toEqual(new Set([held.id, ...sales.map(({ id }) => id)]));
  });

  it('knows every event that it sent', async () => {
    const process = await start();
    const { secretKey } = await tell(process, '/accounts', {});
    const stripe = client(process, secretKey);
    const told = Promise.withResolvers<Stripe.Event>();
    const listener = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => {
        body += part.toString();
      });
      request.on('end', () => {
        running.at(-1)?.kill('SIGKILL');
        told.resolve(JSON.parse(body) as Stripe.Event);
        response.end();
      });
    });
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
    await stripe.webhookEndpoints.create({ url, enabled_events: ['payment_intent.succeeded'] });
    stripe.paymentIntents.create(SALE).catch(() => {});
    const { id, data } = await told.promise;
    listener.close();
    await kill(process.child);
    const again = client(await start(), secretKey);
    expect(await again.events.retrieve(id)).toMatchObject({ type: 'payment_intent.succeeded' });
    expect(await again.paymentIntents.retrieve((data.object as { id: string }).id)).toMatchObject({
      status: 'succeeded',
    });
  });

  it('knows the sessions, what they plan, and goes on where they were', async () => {
    const first = await start();
    const { secretKey } = await tell(first, '/accounts', {});
    const stripe = client(first, secretKey);
    const session = await stripe.checkout.sessions.create({
      ...PAGE,
      expires_at: Math.floor(Date.now() / 1000) + 1900,
    });
    const other = await stripe.checkout.sessions.create(PAGE);
    const declined = await tell(first, `/checkout_sessions/${other.id}/pay`, { card: 'pm_card_visa_chargeDeclined' });
    expect(declined).toMatchObject({ outcome: 'refused', error: { code: 'card_declined' } });
    await kill(first.child);

    const second = await start();
    const again = client(second, secretKey);
    expect((await again.checkout.sessions.listLineItems(other.id)).data).toHaveLength(1);
    const { payment_intent: intentId } = await again.checkout.sessions.retrieve(other.id);
    expect(await tell(second, `/checkout_sessions/${other.id}/pay`, { card: '4242424242424242' })).toMatchObject({
      outcome: 'complete',
      session: { status: 'complete', payment_status: 'paid', payment_intent: intentId },
    });
    await tell(second, '/clock/advance', { seconds: 1901 });
    await kill(second.child);

    const third = client(await start(), secretKey);
    expect(await third.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'expired', url: null });
    expect(await third.checkout.sessions.retrieve(other.id)).toMatchObject({ status: 'complete' });
  });

  it('knows the payouts, what they consist of, and how an account is paid', async () => {
    const first = await start();
    const { secretKey, accountId } = await tell(first, '/accounts', {});
    await tell(first, `/accounts/${accountId}/settlement`, { currency: 'eur', rates: { usd: 0.5 } });
    await tell(first, `/accounts/${accountId}/payout-schedule`, { interval: 'daily' });
    const paid = await client(first, secretKey).paymentIntents.create({
      ...SALE,
      payment_method: 'pm_card_bypassPending',
    });
    await tell(first, `/accounts/${accountId}/movement-delay`, { seconds: 7200 });
    await client(first, secretKey).paymentIntents.create(SALE);
    const made = await tell(first, `/accounts/${accountId}/payouts`, {});
    const [payout] = Object.values(made) as unknown as Stripe.Payout[];
    await kill(first.child);

    const second = await start();
    expect(await tell(second, `/payouts/${payout?.id}/move`, { status: 'paid' })).toMatchObject({ status: 'paid' });
    await tell(second, '/clock/advance', { seconds: 7200 });
    await kill(second.child);

    const third = await start();
    const stripe = client(third, secretKey);
    const items = await stripe.balanceTransactions.list({ payout: payout?.id ?? '', expand: ['data.source'] });
    expect(items.data).toMatchObject([
      { type: 'payout', amount: -455 },
      { type: 'charge', net: 455, exchange_rate: 0.5, source: { payment_intent: paid.id } },
    ]);
    expect((await stripe.balance.retrieve()).pending).toMatchObject([{ currency: 'eur', amount: 455 }]);
    expect(await tell(third, `/payouts/${payout?.id}/fail`, { code: 'no_account' })).toMatchObject({
      status: 'failed',
    });
    await tell(third, '/clock/advance', { seconds: 4 * 86_400 });
    const next = (await stripe.payouts.list()).data.filter(({ id }) => id !== payout?.id);
    expect(next.reduce((sum, { amount }) => sum + amount, 0)).toBe(910);
  });
});
