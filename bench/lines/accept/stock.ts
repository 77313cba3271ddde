import 'reflect-metadata';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import type { EntityManager } from '@mikro-orm/postgresql';
import express from 'express';
import Stripe from 'stripe';
import { ENTITIES } from '../../../src/entities.js';
import { Operation } from '../../../src/features/orders/operation.entity.js';
import { Order } from '../../../src/features/orders/order.entity.js';
import { PaymentTransaction } from '../../../src/features/orders/transaction.entity.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { openOrm } from '../../../src/platform/database/orm.js';
import { Event } from '../../../src/platform/events/event.entity.js';
import { IdempotencyKey } from '../../../src/platform/idempotency/idempotency-key.entity.js';
import { cpuMicros, serve, settings } from '../../support/children.js';
import type { ServerSettings } from '../../support/world.js';

/**
 * What a good engineer would write in an afternoon: Apollo on Express, a
 * resolver that persists entities and flushes, the same SDK calls, the same
 * rows. No key check, no limits, no idempotent replay: it does less.
 */
const { ownerUrl, stripePort } = settings<ServerSettings & { ownerUrl: string }>();
const orm = await openOrm({ url: ownerUrl, entities: ENTITIES, poolMax: 16 });
const stripe = new Stripe('sk_test_bench', {
  host: '127.0.0.1',
  port: stripePort,
  protocol: 'http',
  maxNetworkRetries: 0,
  telemetry: false,
});

const [{ operatorId, merchantId, accountId } = { operatorId: '', merchantId: '', accountId: '' }] = await orm.em
  .fork()
  .execute<{ operatorId: string; merchantId: string; accountId: string }[]>(
    `select m.operator_id as "operatorId", m.id as "merchantId", a.id as "accountId" from merchants m join payment_system_accounts a using (operator_id)`,
  );

interface Input {
  readonly orderNumber: string;
  readonly idempotencyKey: string;
}

/** The rows before the payment system is called, in one transaction. */
async function firstRows(em: EntityManager, input: Input) {
  const now = new Date();
  const order = em.create(Order, {
    operatorId,
    merchantId,
    mode: 'TEST',
    paymentSystemAccountId: accountId,
    orderNumber: input.orderNumber,
    billNumber: String(randomInt(1e11, 9e11)),
    status: 'PROCESSING',
    captureMode: 'MANUAL',
    currency: 'USD',
    amountMinor: 10_000n,
    authorizedMinor: 0n,
    capturedMinor: 0n,
    refundedMinor: 0n,
    voidedMinor: 0n,
    disputedMinor: 0n,
    saveCredential: false,
    chargeReleased: false,
    invoiceTakenMinor: 0n,
    invoiceSpareMinor: 0n,
    byDebit: false,
    accountFixed: true,
    multicapture: false,
    incrementable: false,
    metadata: {},
    createdAt: now,
    updatedAt: now,
  });
  // The order before what refers to it: flat entities tell the ORM of no relation.
  await em.flush();
  const operation = em.create(Operation, {
    operatorId,
    orderId: order.id,
    type: 'PAYMENT',
    status: 'PENDING',
    amountMinor: 10_000n,
    request: {},
    nextAction: null,
    createdAt: now,
  });
  await em.flush();
  const transaction = em.create(PaymentTransaction, {
    operatorId,
    orderId: order.id,
    operationId: operation.id,
    position: 1,
    type: 'AUTHORIZATION',
    status: 'PENDING',
    amountMinor: 10_000n,
    checks: 0,
    dueAt: new Date(now.getTime() + 90_000),
    createdAt: now,
  });
  em.create(IdempotencyKey, {
    operatorId,
    owner: 'stock',
    key: input.idempotencyKey,
    requestHash: '',
    result: { orderId: order.id },
    createdAt: now,
  });
  announce(em, order, now);
  return { order, operation, transaction };
}

function announce(em: EntityManager, order: Order, occurredAt: Date): void {
  for (const type of ['order.status_changed', 'operation.status_changed']) {
    const payload = { status: order.status };
    em.create(Event, { operatorId, type, subjectId: order.id, merchantId, payload, occurredAt } as never);
  }
}

async function createOrder(_: unknown, { input }: { input: Input }) {
  const root = orm.em.fork();
  root.setFilterParams('tenant', { operatorId });
  const made = await root.transactional((em) => firstRows(em, input));
  const em = orm.em.fork();
  em.setFilterParams('tenant', { operatorId });
  for (const entity of Object.values(made)) em.merge(entity);
  const { order, operation, transaction } = made;
  const intent = await stripe.paymentIntents.create(
    {
      amount: 10_000,
      currency: 'usd',
      capture_method: 'manual',
      payment_method: 'pm_card_visa',
      metadata: { order: order.id },
    },
    { idempotencyKey: newUuid() },
  );
  order.externalPaymentId = intent.id;
  transaction.externalId = intent.id;
  await em.flush();
  await stripe.paymentIntents.confirm(intent.id, { expand: ['latest_charge'] }, { idempotencyKey: newUuid() });
  order.status = 'AUTHORIZED';
  order.authorizedMinor = 10_000n;
  operation.status = 'SUCCEEDED';
  transaction.status = 'SUCCEEDED';
  transaction.dueAt = null;
  announce(em, order, new Date());
  await em.flush();
  return { order: { id: order.id, billNumber: order.billNumber, status: order.status } };
}

const typeDefs = `
  scalar Decimal
  input MoneyInput { amount: Decimal! currency: String! }
  input CredentialInput { token: String! }
  input PaymentInput { credential: CredentialInput! }
  input CreateOrderInput { orderNumber: String! amount: MoneyInput! captureMode: String payment: PaymentInput idempotencyKey: String }
  type Order { id: ID! billNumber: String! status: String! }
  type Problem { code: String! message: String! }
  type CreateOrderPayload { order: Order! }
  union CreateOrderResult = CreateOrderPayload | Problem
  type Query { ok: Boolean }
  type Mutation { createOrder(input: CreateOrderInput!): CreateOrderResult! }`;

const apollo = new ApolloServer({
  typeDefs,
  resolvers: { Mutation: { createOrder }, CreateOrderResult: { __resolveType: () => 'CreateOrderPayload' } },
});
await apollo.start();
const app = express();
app.use('/graphql', express.json(), expressMiddleware(apollo));
const server = createServer(app).listen(0, '127.0.0.1', () => {
  serve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, () => ({ cpuMicros: cpuMicros() }));
});
