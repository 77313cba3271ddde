export { ensureCustomer } from './ensure-customer.js';
export { type PayerDetails, type PayerRow, payerById, resolvePayer } from './resolve-payer.js';
export { type CredentialRow, keepCredential, usableCredential } from './stored-credentials.js';
