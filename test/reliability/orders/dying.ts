import { agreementsOfOrders } from '../../../src/features/agreements/index.js';
import type { Caller } from '../../../src/features/orders/caller.js';
import type { Carriers } from '../../../src/features/orders/carrier.js';
import type { NewOrder } from '../../../src/features/orders/new-order.js';
import type { PaymentGateway } from '../../../src/features/payment-systems/index.js';
import { stripeClient } from '../../../src/features/payment-systems/stripe-client.js';
import { StripeGateway } from '../../../src/features/payment-systems/stripe-gateway.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { Money } from '../../../src/kernel/money.js';
import type { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import type { Product, Shop } from '../../support/product.js';

export class Died extends Error {
  override readonly name = 'Died';
}

export type Method = Exclude<keyof PaymentGateway, 'amountProblem'>;
export type Point = `before ${Method}` | `after ${Method}`;

/** The gateway of a shop's account, as the product makes it. */
export function gatewayOf(product: Product, shop: Shop): PaymentGateway {
  const { hostname, port } = new URL(product.sandbox.url);
  const options = { host: hostname, port: Number(port), protocol: 'http', timeoutMs: 1500 } as const;
  return new StripeGateway(stripeClient(shop.stripe.secretKey, options), () => {});
}

/** A gateway that does something around each call of another one. */
export function around(
  gateway: PaymentGateway,
  call: (method: Method, run: () => Promise<unknown>) => Promise<unknown>,
): PaymentGateway {
  return new Proxy(gateway, {
    get: (target, name) => {
      const method = Reflect.get(target, name);
      if (typeof method !== 'function' || name === 'amountProblem') return method;
      return (...given: unknown[]) => call(name as Method, () => method.apply(target, given));
    },
  });
}

/** What a second process has of its own, on the same database and payment system. */
export function carriersWith(units: UnitsOfWork, gateway: PaymentGateway): Carriers {
  return {
    units,
    gateways: { gatewayFor: () => gateway } as unknown as Carriers['gateways'],
    agreements: agreementsOfOrders,
  };
}

/** A process that ends at a point: from there on it reaches neither the database nor the payment system. */
export function dyingAt(product: Product, shop: Shop, point: Point): Carriers {
  let dead = false;
  const live = () => {
    if (dead) throw new Died(point);
  };
  const gateway = around(gatewayOf(product, shop), async (method, run) => {
    live();
    dead ||= point === `before ${method}`;
    live();
    const answer = await run();
    dead ||= point === `after ${method}`;
    live();
    return answer;
  });
  const { units } = product.built;
  const sql: typeof units.sql = async (operatorId, work) => {
    live();
    return units.sql(operatorId, work);
  };
  const dying = new Proxy(units, { get: (target, name) => (name === 'sql' ? sql : Reflect.get(target, name)) });
  return carriersWith(dying, gateway);
}

export function callerOf(shop: Shop): Caller {
  return {
    operatorId: uuidOf('operator', shop.operator.id) ?? '',
    merchantId: uuidOf('merchant', shop.id),
    mode: 'TEST',
  };
}

/** An order of 100.00 USD with a payment, as the API's edge hands it on. */
export function newOrder(merchantId: string, more: Partial<NewOrder> = {}): NewOrder {
  return {
    merchantId,
    mode: 'TEST',
    accountId: null,
    orderNumber: 'order',
    amount: Money.of(10_000n, 'USD' as Currency),
    captureMode: 'AUTOMATIC',
    description: null,
    saveCredential: false,
    payer: null,
    payment: {
      source: 'INTERNET',
      storedOnFile: null,
      credential: { token: 'pm_card_visa', externalCustomerId: null },
      mandate: null,
    },
    agreement: null,
    returnUrl: null,
    callbackUrl: null,
    expiresAt: null,
    metadata: {},
    ...more,
  };
}

/** A request as the edge hands it on, with the key `once`. */
export function requestOf(merchantId: string, mutation: string) {
  return { owner: `mer:${merchantId}:TEST`, key: 'once', mutation, input: {} };
}
