export { AgreementChargesResolver } from './agreement-charges.resolver.js';
export {
  AGREEMENT_STATUS_CHANGED,
  CARD_EXPIRING,
  CHARGE_COMING,
  CHARGE_FAILED,
  CHARGE_NEEDS_PAYER,
} from './agreement-events.js';
export {
  AgreementChargeFieldsResolver,
  AgreementFieldsResolver,
  InstallmentFieldsResolver,
} from './agreement-fields.resolver.js';
export { AgreementLiveResolver } from './agreement-live.resolver.js';
export { agreementNodes } from './agreement-loaders.js';
export { AgreementMutationsResolver } from './agreement-mutations.resolver.js';
export { agreementById } from './agreement-once.js';
export { AgreementQueriesResolver } from './agreement-queries.resolver.js';
export { type AgreementRow, scheduleOf } from './agreement-rows.js';
export { agreementsOfOrders } from './agreements-of-orders.js';
export { type BillingMeter, billingMeter } from './billing-meter.js';
export { BillingProgressResolver } from './billing-progress.resolver.js';
export { joinAgreement } from './create-agreement.js';
export { onOrderStatusChanged } from './on-order-status-changed.js';
export { onStoredCredentialRemoved } from './on-stored-credential-removed.js';
export { OrderAgreementResolver } from './order-agreement.resolver.js';
export { isMadeNumber } from './order-numbers.js';
export { chargeAmountOf } from './plan.js';
export { type BillingParts, runBilling } from './run-billing.js';
