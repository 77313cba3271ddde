import { subscribe } from '../../support/agreements.js';
import type { Client, Json, Product, Shop } from '../../support/product.js';
import type { RootField } from './schema-walk.js';

/** Whoever may send the mutation at all. */
export function senderOf(product: Product, shop: Shop, { name }: RootField): Client {
  if (/Operator$/.test(name)) return product.platform;
  return /Order$|Agreement|Balance|StoredCredential|increaseAuthorization|createClientToken/.test(name)
    ? shop
    : shop.operator;
}

/** What a mutation needs beside the field that is tried; ids are of real objects, so that nothing is refused for another cause. */
export async function fillFor(shop: Shop, operatorId: string): Promise<Json> {
  const { order } = await shop.createOrder();
  const { id: agreementId, ...own } = (await subscribe(shop)).agreement;
  return {
    orderId: order.id,
    orderNumber: `n-${order.billNumber}`,
    merchantId: shop.id,
    operatorId,
    'MoneyInput.amount': '10.00',
    currency: 'USD',
    'IncreaseAuthorizationInput.amount': '120.00',
    name: 'Name',
    'PaymentInput.credential': { token: 'pm_card_visa' },
    'CardInput.number': '0',
    expiryMonth: 1,
    expiryYear: 2050,
    secretKey: shop.stripe.secretKey,
    publishableKey: shop.stripe.publishableKey,
    token: 'pm_card_visa',
    id: shop.id,
    agreementId,
    'AgreementTermsInput.type': 'OTHER',
    'ImportAgreementInput.credential': { storedCredentialId: own.credential?.id },
    'CreateAgreementInput.payer': {},
    'ScheduleInput.period': 'MONTH',
    startDate: '2040-01-31',
    'FirstTransactionInput.date': '2026-01-31',
    reference: 'elsewhere',
    balance: '10.00',
    fixed: '10.00',
    from: '10.00',
    to: '20.00',
    total: '100.00',
    parts: 3,
    threshold: '5.00',
    'TopUpInput.amount': '10.00',
    'MandateAcceptanceInput.acceptedAt': '2026-01-31T00:00:00Z',
  };
}
