import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
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
});
