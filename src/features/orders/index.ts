export { type ChargeAttempt, chargeFile, insertCharges } from './accept-charges.js';
export { acceptOrder } from './accept-order.js';
export {
  AgreementTermsInput,
  AgreementTypeEnum,
  AmountVariabilityEnum,
  PaymentFrequencyEnum,
} from './agreement-terms.graphql.js';
export {
  agreementTermsInput,
  countUpTo,
  date,
  type GivenTerms,
  minimumDays,
  numberOfPayments,
} from './agreement-terms-input.js';
export { callbackUrlsOf } from './callback-urls.js';
export { assertVisible, type Caller } from './caller.js';
export { carryOutClaim, claimCancellation } from './cancel-order.js';
export { type Carrier, type Carriers, carrierFor } from './carrier.js';
export { carryOutPayment } from './carry-out-payment.js';
export { changeOrder, lockedFile } from './change-order.js';
export type { Claim } from './claim.js';
export { meterUnknown } from './count-unknown.js';
export { createOrder } from './create-order.js';
export { LANGUAGES, type Language } from './domain/language.js';
export { IS_SETTLED, type OrderStatus } from './domain/order-status.js';
export type { AgreementClaim } from './domain/scheme-rules.js';
export { PayerLanguageEnum } from './enums.graphql.js';
export { closeAttempt, expireAttempt, expireIfFree } from './expire-attempt.js';
export { giveBack } from './give-back.js';
export { hasUnsettledOrders } from './has-unsettled-orders.js';
export { holdCharge } from './hold-charge.js';
export { decimalText, externalId, type InputRules, madeOnce, or, orNull } from './input-parts.js';
export { keepInvoiceShare } from './invoice-share.js';
export { attemptsAtCharges, listOrders } from './list-orders.js';
export { abandonOrder, lookAtPayment } from './look-at-payment.js';
export { makingRoom, PageInTheWay } from './make-room.js';
export type {
  AgreementsOfOrders,
  JoinAgreement,
  NewOrder,
  NewPaymentDetails,
  OrderGiven,
  PaymentGiven,
} from './new-order.js';
export { onKeysRotated } from './on-keys-rotated.js';
export { orderInboxHandlers } from './on-payment-system-event.js';
export { claimOnce } from './once.js';
export { type OpenedPage, OpenedTooOften, openPaymentPage, type PageWanted } from './open-payment-page.js';
export { OperationObject } from './operation.graphql.js';
export { OrderConnection, OrderType } from './order.graphql.js';
export { orderById } from './order-by-id.js';
export {
  CAPTURE_DEADLINE_NEAR,
  OPERATION_STATUS_CHANGED,
  ORDER_STATUS_CHANGED,
  REFUND_FAILED,
} from './order-events.js';
export { ORDER_EXPORTS, type OrderExportClaims, openOrderExport } from './order-export.js';
export { MerchantOrderExportResolver, OperatorOrderExportResolver } from './order-export.resolver.js';
export {
  BalanceMovementOrderResolver,
  LedgerEntryOrderResolver,
  OrderLedgerResolver,
} from './order-ledger.resolver.js';
export { OrderLiveResolver } from './order-live.resolver.js';
export { orderLoader, orderNodes } from './order-loaders.js';
export { OrderMutationsResolver } from './order-mutations.resolver.js';
export { OperationResolver, OrderQueriesResolver } from './order-queries.resolver.js';
export type { OrderFile, OrderRow } from './order-rows.js';
export { PaymentInput } from './payment-input.graphql.js';
export { type CardCarrier, paymentInput, paymentRequestOf, refuseCardData } from './payment-input.js';
export { type LinkedOrder, PaymentPageLinks } from './payment-page-link.js';
export { type PaymentToLookAt, paymentsWithoutOrder } from './payments-without-order.js';
export { reconcileOrders } from './reconcile-orders.js';
export { AddStoredCredentialResolver } from './stored-credentials.resolver.js';
export { watchDeadlines } from './watch-deadlines.js';
