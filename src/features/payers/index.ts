export { ensureCustomer } from './ensure-customer.js';
export { payerLoader, payerNodes } from './loaders.js';
export { PayerInput, PayerType } from './payer.graphql.js';
export { payerInput } from './payer-input.js';
export { PayersResolver } from './payers.resolver.js';
export { type PayerDetails, type PayerRow, payerById, resolvePayer } from './resolve-payer.js';
export { assertNotAnothers, type CredentialRow, keepCredential, usableCredential } from './stored-credentials.js';
