import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AccountChoice, accountFor, accountOf } from '../../../src/features/payment-systems/index.js';
import { newUuid, uuidOf } from '../../../src/kernel/ids.js';
import type { OperatorAsker } from '../../support/tenancy.js';
import { anOperator } from '../../support/tenancy.js';
import { aConnectedOperator, CONNECT, DISCONNECT, keysOf } from './accounts.js';
import { type PaymentWorld, startPaymentWorld } from './payment-world.js';

let world: PaymentWorld;
beforeAll(async () => {
  world = await startPaymentWorld();
});
afterAll(() => world.close());

async function chosen(operator: OperatorAsker, choice: Partial<AccountChoice> = {}): Promise<string> {
  const operatorId = operator.uuid;
  const asked = { operatorId, mode: 'TEST' as const, wantedAccountId: null, merchantDefaultId: null, ...choice };
  const account = await world.units.sql(operatorId, (transaction) => accountFor(transaction, asked));
  return account.id;
}

async function another(operator: OperatorAsker): Promise<string> {
  const { account } = await operator.do<{ account: { id: string } }>(
    CONNECT,
    keysOf(world.sandbox.control.createAccount()),
  );
  return uuidOf('paymentSystemAccount', account.id) ?? '';
}

const refusing = (code: string, message: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

describe('the account for an order', () => {
  it("is the operator's only one", async () => {
    const { operator, uuid } = await aConnectedOperator(world);
    expect(await chosen(operator)).toBe(uuid);
  });

  it('is the one that is named, and for want of that the merchant’s own', async () => {
    const { operator, uuid: first } = await aConnectedOperator(world);
    const second = await another(operator);
    expect(await chosen(operator, { wantedAccountId: first, merchantDefaultId: second })).toBe(first);
    expect(await chosen(operator, { merchantDefaultId: second })).toBe(second);
    await expect(chosen(operator)).rejects.toEqual(refusing('PAYMENT_SYSTEM_UNAVAILABLE', 'paymentSystemAccountId'));
  });

  it('must be connected first', async () => {
    const operator = await anOperator(world);
    await expect(chosen(operator)).rejects.toEqual(refusing('PAYMENT_SYSTEM_UNAVAILABLE', 'connectPaymentSystem'));
  });

  it('is never of the other mode', async () => {
    const { operator, uuid } = await aConnectedOperator(world);
    const live = { mode: 'LIVE' } as const;
    await expect(chosen(operator, { ...live, wantedAccountId: uuid })).rejects.toEqual(
      refusing('KEY_MODE_MISMATCH', 'LIVE'),
    );
    await expect(chosen(operator, { ...live, merchantDefaultId: uuid })).rejects.toEqual(
      refusing('PAYMENT_SYSTEM_UNAVAILABLE', 'LIVE'),
    );
  });

  it("is never another operator's, which is as unknown as one that never was", async () => {
    const { uuid } = await aConnectedOperator(world);
    const { operator } = await aConnectedOperator(world);
    const failures = await Promise.all(
      [uuid, newUuid()].map((wantedAccountId) => chosen(operator, { wantedAccountId }).catch(String)),
    );
    expect(failures[0]).toBe('DomainError: no such payment system account');
    expect(failures[1]).toBe(failures[0]);
  });

  it('is not a disconnected one, though its orders can still be read', async () => {
    const { operator, uuid, accountId } = await aConnectedOperator(world);
    await operator.do(DISCONNECT, { accountId });
    await expect(chosen(operator, { wantedAccountId: uuid })).rejects.toEqual(
      refusing('PAYMENT_SYSTEM_UNAVAILABLE', 'disconnected'),
    );
    const account = await world.units.sql(operator.uuid, (tx) => accountOf(tx, operator.uuid, uuid));
    expect(account.status).toBe('DISCONNECTED');
    expect(() => world.gateways.gatewayFor(account)).toThrow('disconnected');
  });
});

describe('the gateway for an account', () => {
  it('is kept between calls, and another after its keys were replaced', async () => {
    const { operator, uuid } = await aConnectedOperator(world);
    const read = () => world.units.sql(operator.uuid, (tx) => accountOf(tx, operator.uuid, uuid));
    const gateway = world.gateways.gatewayFor(await read());
    expect(world.gateways.gatewayFor(await read())).toBe(gateway);
    expect(await gateway.retrievePayment('pi_none')).toMatchObject({ refusal: { code: 'resource_missing' } });
  });
});

describe('an order that is being accepted', () => {
  it('is waited for by whoever disconnects its account', async () => {
    const { operator, uuid, accountId } = await aConnectedOperator(world);
    const happened: string[] = [];
    let disconnecting: Promise<unknown> = Promise.resolve();
    await world.units.sql(operator.uuid, async (transaction) => {
      const choice = {
        operatorId: operator.uuid,
        mode: 'TEST',
        wantedAccountId: uuid,
        merchantDefaultId: null,
      } as const;
      await accountFor(transaction, choice);
      disconnecting = operator.do(DISCONNECT, { accountId }).then(() => happened.push('disconnected'));
      await new Promise((resolve) => setTimeout(resolve, 150));
      happened.push('accepted');
    });
    await disconnecting;
    expect(happened).toEqual(['accepted', 'disconnected']);
  });
});
