import { type Json, pay } from '../../../test/support/product.js';

/** What an owner has of each, to be named in inputs; where they have none, what never was. */
export interface Own {
  readonly merchant: string;
  readonly order: string;
  readonly agreement: string;
  readonly invoice: string;
  readonly invoiceItem: string;
  readonly storedCredential: string;
  readonly paymentSystemAccount: string;
  readonly bulkOperation: string;
  readonly apiKey: string;
  readonly operator: string;
  readonly payerReference: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  /** A text that no other input has. */
  readonly fresh: string;
}

const TERMS = { type: 'RECURRING', amountVariability: 'VARIABLE' };

/** For each mutation what its owner would send, and would be taken, where the state of things allows it. */
export function inputsOf(own: Own): Readonly<Record<string, Json>> {
  const payer = { reference: own.payerReference };
  const { merchant: merchantId, order: orderId, agreement: agreementId, invoice: invoiceId } = own;
  const { bulkOperation: bulkOperationId, secretKey, publishableKey, fresh } = own;
  const payment = pay('pm_card_visa');
  const item = { currency: 'EUR', description: fresh, unitPrice: '1.00' };
  return {
    addInvoiceItem: { merchantId, payer, ...item },
    addStoredCredential: { merchantId, payer, payment },
    advanceTestClock: { seconds: 1 },
    cancelAgreement: { agreementId },
    cancelBulkOperation: { bulkOperationId },
    cancelOrder: { orderId },
    captureOrder: { orderId },
    chargeAgreement: { agreementId, amount: '1.00', outsideSchedule: true },
    chargeAgreements: { merchantId },
    connectPaymentSystem: { secretKey, publishableKey },
    createAgreement: { merchantId, payer, currency: 'EUR', payment, terms: TERMS },
    createAgreementFromOrder: { orderId, terms: { type: 'UNSCHEDULED' } },
    createAgreements: { merchantId },
    createApiKey: { name: fresh },
    createClientToken: { orderId },
    createCreditNote: { invoiceId, reason: fresh, lines: [{ itemId: own.invoiceItem }] },
    createMerchant: { name: fresh },
    createOperator: { name: fresh },
    createOrder: { merchantId, orderNumber: fresh, amount: { amount: '1.00', currency: 'USD' }, payer, payment },
    disconnectPaymentSystem: { accountId: own.paymentSystemAccount },
    finalizeInvoice: { invoiceId },
    importAgreement: {
      merchantId,
      payer,
      terms: TERMS,
      currency: 'USD',
      credential: { storedCredentialId: own.storedCredential },
      firstTransaction: { date: '2023-03-31', reference: fresh },
    },
    increaseAuthorization: { orderId, amount: '500.00' },
    markInvoiceUncollectible: { invoiceId },
    pauseBulkOperation: { bulkOperationId },
    payInvoice: { invoiceId },
    payOffAgreement: { agreementId },
    payOrder: { orderId, payment },
    recordSettlement: { merchantId, amount: { amount: '1.00', currency: 'USD' }, reference: fresh },
    redeliverNotifications: {},
    removeInvoiceItem: { itemId: own.invoiceItem },
    removeStoredCredential: { storedCredentialId: own.storedCredential },
    reopenInvoice: { invoiceId },
    replaceAgreementCredential: { agreementId, payment },
    reportBalance: { agreementId, balance: '1.00' },
    resumeAgreement: { agreementId },
    resumeBulkOperation: { bulkOperationId },
    resumeOperator: { operatorId: own.operator },
    revokeApiKey: { id: own.apiKey },
    rotatePaymentSystemKeys: { accountId: own.paymentSystemAccount, secretKey, publishableKey },
    rotateSigningSecret: { merchantId },
    sendTestNotification: { merchantId },
    suspendAgreement: { agreementId },
    suspendOperator: { operatorId: own.operator },
    updateAgreement: { agreementId, metadata: { note: fresh } },
    updateAgreements: { merchantId },
    updateInvoice: { invoiceId, title: fresh },
    updateMerchant: { merchantId, name: fresh },
    voidInvoice: { invoiceId },
  };
}

/** What a mutation needs besides where this is what it is asked for. */
export const BESIDE: Readonly<Record<string, Json>> = {
  'redeliverNotifications.merchantId': { period: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' } },
};
