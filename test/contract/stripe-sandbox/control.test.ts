import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startStripeSandbox } from '../../../src/stripe-sandbox/index.js';
import { HOLD, SALE, sdk, useSandbox } from './sandbox.js';

const sandbox = useSandbox();

async function ask(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.current.controlUrl}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return (await response.json()) as Record<string, unknown>;
}

describe('the control port', () => {
  it('says in plain words what it offers', async () => {
    const { routes } = await ask('GET', '/');
    expect(routes).toContainEqual(expect.stringContaining('POST /clock/advance: Moves the clock on'));
  });

  it('does what the control in process does', async () => {
    const { accountId, secretKey } = await ask('POST', '/accounts', { name: 'Bookshop' });
    const stripe = sdk(sandbox.current, String(secretKey));
    const more = await ask('POST', `/accounts/${accountId}/keys`, {});
    expect(await sdk(sandbox.current, String(more.secretKey)).account.retrieveCurrent()).toMatchObject({
      id: accountId,
    });

    const waiting = await stripe.paymentIntents.create({ ...SALE, payment_method: 'pm_card_authenticationRequired' });
    const outcome = { account: accountId, outcome: 'succeed' };
    expect(await ask('POST', `/payment_intents/${waiting.id}/authentication`, outcome)).toEqual({ done: true });
    expect(await ask('POST', `/payment_intents/${waiting.id}/authentication`, outcome)).toEqual({
      error: expect.stringContaining('waits for no authentication'),
    });
    const paid = await stripe.paymentIntents.retrieve(waiting.id);
    const dispute = await ask('POST', `/charges/${paid.latest_charge}/dispute`, { reason: 'fraudulent' });
    expect(await ask('POST', `/disputes/${dispute.id}/resolve`, { outcome: 'lost' })).toMatchObject({ status: 'lost' });

    const { now } = await ask('GET', '/clock');
    const moved = await ask('POST', '/clock/advance', { seconds: 3600 });
    expect(Date.parse(String(moved.now)) - Date.parse(String(now))).toBeGreaterThanOrEqual(3_600_000);

    await ask('POST', '/faults', { kind: 'error_503', count: 1, accountId });
    await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 503 });
    expect(await ask('POST', '/faults', { kind: 'earthquake' })).toEqual({ error: expect.stringContaining('"kind"') });
    await ask('DELETE', '/faults');
    await ask('POST', '/webhook-faults', {});
    await ask('POST', '/rate-limit', { perSecond: null });
    const requests = await ask('GET', `/requests?accountId=${accountId}&method=POST`);
    expect(requests).toMatchObject([{ path: '/v1/payment_intents', accountId }]);
    await ask('DELETE', '/requests');
    await ask('POST', '/keys/revoke', { secretKey });
    await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 401 });
  });
});

describe('the sandbox', () => {
  it('refuses a port in use', async () => {
    const port = Number(new URL(sandbox.current.url).port);
    await expect(startStripeSandbox({ port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: expect.stringContaining('already in use'),
    });
    const controlPort = Number(new URL(sandbox.current.controlUrl).port);
    await expect(startStripeSandbox({ controlPort })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('finds everything again after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
    const stateFile = join(folder, 'state');
    try {
      const before = await startStripeSandbox({ stateFile });
      const { accountId, secretKey } = before.control.createAccount();
      const stale = before.control.rollKeys(accountId);
      before.control.revokeKey(stale.secretKey);
      before.control.advanceClock({ seconds: 86_400 });
      const held = await sdk(before, secretKey).paymentIntents.create(HOLD, { idempotencyKey: 'k' });
      await before.close();

      const after = await startStripeSandbox({ stateFile });
      const stripe = sdk(after, secretKey);
      expect((await stripe.paymentIntents.create(HOLD, { idempotencyKey: 'k' })).id).toBe(held.id);
      await expect(sdk(after, stale.secretKey).customers.list()).rejects.toMatchObject({ code: 'api_key_expired' });
      expect(after.control.now().getTime()).toBeGreaterThan(Date.now() + 86_000_000);
      after.control.advanceClock({ seconds: 8 * 86_400 });
      expect(await stripe.paymentIntents.retrieve(held.id)).toMatchObject({ status: 'canceled' });
      await after.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
