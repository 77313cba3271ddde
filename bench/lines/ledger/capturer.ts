import 'reflect-metadata';
import { agreementsOfOrders } from '../../../src/features/agreements/index.js';
import { acceptOrder } from '../../../src/features/orders/accept-order.js';
import { applyPayment } from '../../../src/features/orders/apply-payment.js';
import { changeOrder } from '../../../src/features/orders/change-order.js';
import type { PaymentSnapshot } from '../../../src/features/payment-systems/index.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { Money } from '../../../src/kernel/money.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import type { Statement } from '../../../src/platform/database/sql.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { ServerSettings } from '../../support/world.js';

/** Records captures of one merchant's orders in a loop, with or without what the ledger posts of them. */
const { appUrl, operatorId, merchantId } = settings<ServerSettings & { operatorId: string; merchantId: string }>();
const units = new UnitsOfWork(null as never, pipelinedPool(appUrl, 8), systemClock);
const AMOUNT = Money.of(10_000n, 'USD' as Currency);

interface Captures {
  readonly order: 'accept' | 'capture';
  readonly posted: boolean;
  readonly orders: number;
  readonly concurrency: number;
}

const ids: string[] = [];

serve<Captures>({}, async ({ order, posted, orders, concurrency }) => {
  const [began, cpu] = [performance.now(), cpuMicros()];
  const accept = async () => void ids.push(await acceptOne());
  await lanes(concurrency, orders, order === 'accept' ? accept : () => captureOne(ids.pop() ?? '', posted));
  return { made: orders, seconds: (performance.now() - began) / 1000, cpuMicros: cpuMicros() - cpu };
});

async function lanes(count: number, times: number, work: () => Promise<void>): Promise<void> {
  let begun = 0;
  const lane = async () => {
    while (begun < times) {
      begun += 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
}

function captureOne(orderId: string, posted: boolean): Promise<void> {
  return units.sql(operatorId, async (transaction) => {
    const scoped = posted ? transaction : unposted(transaction);
    await changeOrder(scoped, orderId, (file) =>
      applyPayment(file, { kind: 'seen', snapshot: captured(orderId) }, scoped.now),
    );
  });
}

/** The same transaction, without the ledger's statements. Its triggers are off meanwhile. */
function unposted(transaction: Transaction): Transaction {
  const isOfLedger = ({ name }: Statement) => name.startsWith('ledger_');
  return Object.assign(Object.create(transaction) as Transaction, {
    query: transaction.query.bind(transaction),
    publish: transaction.publish.bind(transaction),
    send: (statement: Statement, parameters?: readonly unknown[]) => {
      if (!isOfLedger(statement)) transaction.send(statement, parameters);
    },
  });
}

function captured(orderId: string): PaymentSnapshot {
  return {
    state: 'CAPTURED',
    externalId: `pi_${orderId}`,
    currency: AMOUNT.currency,
    amount: AMOUNT,
    capturable: Money.zero(AMOUNT.currency),
    captured: AMOUNT,
    multicapture: false,
    incrementable: false,
    captureBefore: null,
    failure: null,
    nextAction: null,
    canceledBecause: null,
    credential: null,
    externalCustomerId: null,
    reference: null,
  };
}

async function acceptOne(): Promise<string> {
  const { file } = await units.sql(operatorId, (transaction) =>
    acceptOrder(transaction, agreementsOfOrders, {
      merchantId,
      mode: 'TEST',
      accountId: null,
      orderNumber: newUuid(),
      amount: AMOUNT,
      captureMode: 'AUTOMATIC',
      description: null,
      language: null,
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
    }),
  );
  return file.order.id;
}
