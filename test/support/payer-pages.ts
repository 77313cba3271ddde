import { agreementsOfOrders } from '../../src/features/agreements/index.js';
import type { Carriers } from '../../src/features/orders/carrier.js';
import { lookAtPayment, openPaymentPage, type PageWanted } from '../../src/features/orders/index.js';
import { PaymentGateways } from '../../src/features/payment-systems/index.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { MasterKeys } from '../../src/platform/secrets/master-keys.js';
import type { Product, Shop } from './product.js';

/** What the product has to carry orders out with, made from its own parts. */
export function carriersOf(product: Product): Carriers {
  const { hostname, port } = new URL(product.sandbox.url);
  const gateways = new PaymentGateways({
    masterKeys: MasterKeys.parse(product.masterKey),
    stripe: { host: hostname, port: Number(port), protocol: 'http', timeoutMs: 1500 },
    onUnexpected: () => {},
  });
  return { units: product.built.units, gateways, agreements: agreementsOfOrders };
}

/** A payer before the pages that pay an order, without a browser. */
export class PayerAtPage {
  constructor(
    private readonly product: Product,
    private readonly shop: Shop,
    private readonly orderId: string,
    readonly carriers: Carriers = carriersOf(product),
  ) {}

  /** Opens the payment system's page; its id, or null where there was none to open. */
  async open(more: Partial<PageWanted> = {}): Promise<string | null> {
    const { url } = await openPaymentPage(this.carriers, {
      ...this.linked(),
      accountId: null,
      language: 'en',
      title: 'Shop',
      returnUrl: `${this.product.url}/back`,
      cancelUrl: `${this.product.url}/left`,
      consent: null,
      ...more,
    });
    return url && (/cs_test_\w+/.exec(url)?.[0] ?? url);
  }

  /** Pays on an open page of the sandbox's. */
  pay(pageId: string, card = 'pm_card_visa', authentication?: 'succeed' | 'fail') {
    return this.product.sandbox.control.payCheckout(pageId, { card, ...(authentication && { authentication }) });
  }

  /** Comes back: the payment system is asked how it went. */
  async comeBack(): Promise<string> {
    const { order } = await lookAtPayment(this.carriers, this.linked());
    return order.status;
  }

  linked() {
    return {
      operatorId: uuidOf('operator', this.shop.operator.id) ?? '',
      orderId: uuidOf('order', this.orderId) ?? '',
    };
  }
}
