export { type AccountChoice, accountFor, accountOf } from './account-for.js';
export { type AccountRow, accountById } from './account-sql.js';
export { assertAmountAccepted } from './amount-accepted.js';
export { type GatewayOptions, PaymentGateways } from './gateways.js';
export { markKeysRejected } from './mark-keys-rejected.js';
export * from './payment-gateway.js';
export type { PaymentSystemKind, PaymentSystemMode } from './payment-system-account.entity.js';
export type { StripeOptions } from './stripe-client.js';
