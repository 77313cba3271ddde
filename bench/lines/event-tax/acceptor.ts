import 'reflect-metadata';
import { agreementsOfOrders } from '../../../src/features/agreements/index.js';
import { acceptOrder } from '../../../src/features/orders/accept-order.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { Money } from '../../../src/kernel/money.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import type { Shop } from '../../support/agreements.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { Worked } from '../../support/measured.js';
import type { ServerSettings } from '../../support/world.js';

export type Merchant = Pick<Shop, 'operatorId' | 'merchantId'>;

/** Accepts orders in a loop, with or without what they publish: one of each merchant's in turn. */
const { appUrl, merchants } = settings<ServerSettings & { merchants: readonly Merchant[] }>();
const units = new UnitsOfWork(null as never, pipelinedPool(appUrl, 8), systemClock);

interface Order {
  readonly events: boolean;
  readonly orders: number;
  readonly concurrency: number;
}

serve<Order>({}, async ({ events, orders, concurrency }) => {
  let sent = 0;
  const [began, cpu] = [performance.now(), cpuMicros()];
  const lane = async () => {
    while (sent < orders) {
      sent += 1;
      await acceptOne(merchants[sent % merchants.length] as Merchant, events);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  const seconds = (performance.now() - began) / 1000;
  return { made: orders, seconds, cpuMicros: cpuMicros() - cpu } satisfies Worked;
});

function acceptOne({ operatorId, merchantId }: Merchant, events: boolean): Promise<unknown> {
  return units.sql(operatorId, (transaction) => {
    const scoped = events
      ? transaction
      : Object.assign(Object.create(transaction) as typeof transaction, silently(transaction));
    return acceptOrder(scoped, agreementsOfOrders, {
      merchantId,
      mode: 'TEST',
      accountId: null,
      orderNumber: newUuid(),
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
    });
  });
}

/** The same transaction, deaf to what is published. Private fields need their own object, hence the binding. */
function silently(transaction: Parameters<typeof acceptOrder>[0]) {
  return { query: transaction.query.bind(transaction), send: transaction.send.bind(transaction), publish: () => {} };
}
