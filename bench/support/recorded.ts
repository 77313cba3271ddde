import type pg from 'pg';
import { agreementsOfOrders } from '../../src/features/agreements/index.js';
import { createOrder } from '../../src/features/orders/create-order.js';
import { accountFor, PaymentGateways } from '../../src/features/payment-systems/index.js';
import { systemClock } from '../../src/kernel/clock.js';
import type { Currency } from '../../src/kernel/currency.js';
import { Money } from '../../src/kernel/money.js';
import { UnitsOfWork } from '../../src/platform/database/unit-of-work.js';
import type { Reactions } from '../../src/platform/events/reactions.js';
import { MasterKeys } from '../../src/platform/secrets/master-keys.js';
import type { Shop } from './agreements.js';
import type { ServerSettings } from './world.js';

/** A statement as our code sent it. */
export interface Recorded {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Our own units of work, with every statement noted that they send. */
export function recordingUnits(pool: pg.Pool, reactions?: Reactions) {
  const transactions: Recorded[][] = [];
  const note = ({ name, text, values = [] }: Recorded) => {
    if (text === 'begin') transactions.push([]);
    transactions.at(-1)?.push({ name, text, values });
  };
  const recording = {
    connect: async () => {
      const client = await pool.connect();
      return new Proxy(client, {
        get: (target, property) => {
          if (property !== 'query') {
            const value = Reflect.get(target, property) as unknown;
            return typeof value === 'function' ? value.bind(target) : value;
          }
          return (query: Recorded) => {
            note(query);
            return target.query(query as unknown as pg.QueryConfig);
          };
        },
      });
    },
  };
  return {
    units: new UnitsOfWork(null as never, recording as unknown as pg.Pool, systemClock, reactions),
    transactions,
  };
}

export function gatewaysOf({ masterKey, stripePort }: ServerSettings): PaymentGateways {
  return new PaymentGateways({
    masterKeys: MasterKeys.parse(masterKey),
    stripe: { host: '127.0.0.1', port: stripePort, protocol: 'http' },
    onUnexpected: console.error,
  });
}

export interface OrderKeys {
  readonly orderNumber: string;
  readonly key: string;
}

/** One order with a hold, by our own code; resolves with the transactions that it took. */
export async function recordOneOrder(
  pool: pg.Pool,
  settings: ServerSettings,
  { operatorId, merchantId }: Pick<Shop, 'operatorId' | 'merchantId'>,
  { orderNumber, key }: OrderKeys,
): Promise<readonly (readonly Recorded[])[]> {
  const { units, transactions } = recordingUnits(pool);
  await units.sql(operatorId, (tx) =>
    accountFor(tx, { operatorId, mode: 'TEST', wantedAccountId: null, merchantDefaultId: null }),
  );
  transactions.length = 0;
  await createOrder(
    { units, gateways: gatewaysOf(settings), agreements: agreementsOfOrders },
    { operatorId, merchantId, mode: 'TEST' },
    {
      merchantId,
      mode: 'TEST',
      accountId: null,
      orderNumber,
      amount: Money.of(10_000n, 'USD' as Currency),
      captureMode: 'MANUAL',
      description: null,
      saveCredential: false,
      payer: null,
      payment: {
        source: 'INTERNET',
        storedOnFile: null,
        credential: { token: 'pm_card_visa', externalCustomerId: null },
        mandate: null,
      },
      returnUrl: null,
      callbackUrl: null,
      expiresAt: null,
      metadata: {},
      agreement: null,
    },
    { owner: 'bench', key, mutation: 'createOrder', input: {} },
  );
  return transactions;
}
