export { AgreementType } from './agreement.graphql.js';
export { AgreementChargesResolver } from './agreement-charges.resolver.js';
export {
  AGREEMENT_STATUS_CHANGED,
  CARD_EXPIRING,
  CHARGE_COMING,
  CHARGE_FAILED,
  CHARGE_NEEDS_PAYER,
} from './agreement-events.js';
export { AGREEMENT_EXPORTS, type AgreementExportClaims, openAgreementExport } from './agreement-export.js';
export { MerchantAgreementExportResolver, OperatorAgreementExportResolver } from './agreement-export.resolver.js';
export {
  AgreementChargeFieldsResolver,
  AgreementFieldsResolver,
  InstallmentFieldsResolver,
} from './agreement-fields.resolver.js';
export { importedAgreementOf, newAgreementOf } from './agreement-inputs.js';
export { AgreementLiveResolver } from './agreement-live.resolver.js';
export { agreementLoader, agreementNodes } from './agreement-loaders.js';
export { AgreementMutationsResolver } from './agreement-mutations.resolver.js';
export { type AgreementCaller, agreementById } from './agreement-once.js';
export { AgreementQueriesResolver } from './agreement-queries.resolver.js';
export { type AgreementRow, scheduleOf } from './agreement-rows.js';
export { agreementIdsByReference } from './agreements-by-reference.js';
export { agreementsOfOrders } from './agreements-of-orders.js';
export { AtOnce } from './at-once.js';
export { type BillingMeter, billingMeter } from './billing-meter.js';
export { BillingProgressResolver } from './billing-progress.resolver.js';
export { carryOutAttempts } from './carry-out-attempts.js';
export { changesWantedOf, chargeWantedOf } from './change-agreement-inputs.js';
export { type ChargeWanted, chargeAgreement } from './charge-agreement.js';
export { claimExtraCharge, type ExtraClaim, type ExtraRefusal } from './claim-extra-charge.js';
export { createAgreement, joinAgreement } from './create-agreement.js';
export { type AfterFailure, afterFailure, type GiveUpReason, type RetryAdvice } from './domain/dunning.js';
export { withFreeNumbers } from './free-numbers.js';
export { type ImportedAgreement, importAgreement, rehearseImport } from './import-agreement.js';
export type { NewAgreement } from './new-agreement.js';
export { onOrderStatusChanged } from './on-order-status-changed.js';
export { onStoredCredentialRemoved } from './on-stored-credential-removed.js';
export { OrderAgreementResolver } from './order-agreement.resolver.js';
export { isMadeNumber } from './order-numbers.js';
export { chargeAmountOf } from './plan.js';
export { cardTries } from './record-outcome.js';
export { type BillingParts, runBilling } from './run-billing.js';
export { suspendUntilLookedAt } from './suspend-until-looked-at.js';
export { type AgreementChanges, updateAgreement } from './update-agreement.js';
