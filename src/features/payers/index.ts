export { attendCredentials } from './attend-credentials.js';
export type { CredentialCarriers } from './carry-out-credential.js';
export { STORED_CREDENTIAL_REMOVED, STORED_CREDENTIAL_UPDATED } from './credential-events.js';
export { isExpiredOn } from './domain/card-expiry.js';
export { ensureCustomer } from './ensure-customer.js';
export { payerLoader, payerNodes } from './loaders.js';
export { payerInboxHandlers } from './on-credential-event.js';
export { PayerInput, PayerType } from './payer.graphql.js';
export { payerInput } from './payer-input.js';
export { PayersResolver } from './payers.resolver.js';
export { namedPayer, type PayerDetails, type PayerRow, payerById, resolvePayer } from './resolve-payer.js';
export { StoredCredentialType } from './stored-credential.graphql.js';
export {
  assertNotAnothers,
  type CredentialRow,
  credentialById,
  keepCredential,
  type OwnedCredential,
  usableCredential,
} from './stored-credentials.js';
export { StoredCredentialsResolver } from './stored-credentials.resolver.js';
