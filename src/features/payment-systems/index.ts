export { type AccountChoice, accountFor, accountOf, heldAccountOf } from './account-for.js';
export type { AccountRow } from './account-sql.js';
export { assertAmountAccepted, assertAmountExact, assertNotBeyondAll } from './amount-accepted.js';
export { checkKeys } from './check-keys.js';
export type { ConnectionParts } from './connection-parts.js';
export { type AccountKey, eachConnectedAccount } from './each-account.js';
export { forgetKeysOfAll, sealedKeysOfAll } from './forget-keys-of-all.js';
export { forgetOldInboxEvents } from './forget-old-inbox-events.js';
export * from './gateway-requests.js';
export { type GatewayOptions, PaymentGateways } from './gateways.js';
export type { InboxHandlers, InboxOutcome } from './inbox-handlers.js';
export type { InboxParts } from './inbox-parts.js';
export { paymentSystemNodeLoaders } from './node-loaders.js';
export { OperatorAccountsResolver } from './operator-accounts.resolver.js';
export * from './payment-gateway.js';
export { DEFAULT_PACE, PaymentPace } from './payment-pace.js';
export {
  type BalanceMovement,
  type EventPlace,
  MOVEMENT_KINDS,
  type MovementKind,
  type MovementPage,
  type MovementSearch,
  type PaymentAtAccount,
  type PaymentSystem,
  type PayoutSnapshot,
  type UnreadableMovement,
} from './payment-system.js';
export type { PaymentSystemKind, PaymentSystemMode } from './payment-system-account.entity.js';
export { PaymentSystemsResolver } from './payment-systems.resolver.js';
export { paymentsMadeSince } from './payments-made-since.js';
export { fetchUndeliveredEvents, pollEvents } from './poll-events.js';
export { processInbox } from './process-inbox.js';
export { receiveWebhook } from './receive-webhook.js';
export { retireWebhookEndpoints } from './retire-webhook-endpoints.js';
export { KEYS_ROTATED } from './rotate-payment-system-keys.js';
export type { StripeOptions } from './stripe-client.js';
export { paymentPageOrigin } from './stripe-page-origin.js';
export { updateWebhookEndpoints } from './update-webhook-endpoints.js';
export { WebhookAddress } from './webhook-address.js';
export { webhookRoutes } from './webhook-routes.js';
