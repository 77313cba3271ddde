import { DomainError } from '../../../kernel/errors.js';
import type { TransactionSource } from '../../../kernel/transaction-source.js';

export const STORED_ON_FILE = ['NOT_STORED', 'TO_BE_STORED', 'STORED'] as const;
export type StoredOnFile = (typeof STORED_ON_FILE)[number];

/** What a caller said of how a payment came about, and with what it is paid. */
export interface InitiationClaim {
  readonly source: TransactionSource;
  /** Null where the caller leaves it to be derived. */
  readonly storedOnFile: StoredOnFile | null;
  readonly saveCredential: boolean;
  /** `TOKEN` is new to us; `CUSTOMER_TOKEN` is one that a customer at the payment system already has. */
  readonly credential: 'TOKEN' | 'CUSTOMER_TOKEN' | 'STORED';
  readonly hasPayer: boolean;
  readonly allowedSources: readonly TransactionSource[];
}

export interface Initiation {
  readonly source: TransactionSource;
  readonly storedOnFile: StoredOnFile;
  /** Who is at the other end, as the payment system must be told. */
  readonly by: 'PAYER' | 'PAYER_REMOTE' | 'MERCHANT';
}

/** The payer is not at a browser, so no authentication can be asked of them. */
const REMOTE_SOURCES: ReadonlySet<TransactionSource> = new Set([
  'MOTO',
  'MAIL_ORDER',
  'TELEPHONE_ORDER',
  'VOICE_RESPONSE',
  'CALL_CENTER',
]);

/** These need a terminal, which no payment system offered here has. */
const TERMINAL_SOURCES: ReadonlySet<TransactionSource> = new Set(['CARD_PRESENT', 'PAYER_PRESENT']);

/** The card schemes' rules for one payment, in their order; the first that is broken is the answer. */
const RULES: readonly ((claim: InitiationClaim) => void)[] = [
  ({ source }) => {
    if (!TERMINAL_SOURCES.has(source)) return;
    throw new DomainError(
      'SOURCE_NOT_ALLOWED',
      `source: ${source} needs a card terminal, and this payment system account has none`,
    );
  },
  ({ source, allowedSources }) => {
    if (allowedSources.includes(source)) return;
    throw new DomainError(
      'SOURCE_NOT_ALLOWED',
      `source: ${source} is not allowed for this merchant (allowed: ${allowedSources.join(', ')}); its operator can allow it with updateMerchant`,
    );
  },
  ({ source, storedOnFile }) => {
    if (source !== 'MERCHANT' || storedOnFile !== 'NOT_STORED') return;
    throw new DomainError(
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: a merchant-initiated transaction uses stored details, so NOT_STORED cannot be true of it',
    );
  },
  ({ source }) => {
    if (source !== 'MERCHANT') return;
    throw new DomainError(
      'AGREEMENT_REQUIRED',
      'source: MERCHANT is for charges under an agreement with the payer, and this order has none',
    );
  },
  ({ credential, storedOnFile }) => {
    if (credential !== 'STORED' || storedOnFile === null || storedOnFile === 'STORED') return;
    throw new DomainError(
      'STORED_ON_FILE_CONFLICT',
      `storedOnFile: a stored credential is being used, so it is STORED, not ${storedOnFile}`,
    );
  },
  ({ credential, storedOnFile }) => {
    if (credential !== 'TOKEN' || storedOnFile !== 'STORED') return;
    throw new DomainError(
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: STORED says the details were stored before, but this token belongs to no customer; name a storedCredentialId or externalCustomerId',
    );
  },
  ({ saveCredential, storedOnFile }) => {
    if (!saveCredential || storedOnFile !== 'NOT_STORED') return;
    throw new DomainError('STORED_ON_FILE_CONFLICT', 'storedOnFile: NOT_STORED contradicts saveCredential: true');
  },
  (claim) => {
    if (claim.hasPayer || derivedStoredOnFile(claim) !== 'TO_BE_STORED') return;
    throw new DomainError('INVALID_INPUT', 'payer: details can only be stored for a payer; give one', [
      { path: ['payer'], message: 'is needed when the credential is to be stored' },
    ]);
  },
];

/** How the payment is to be made, or the rule it breaks. */
export function initiation(claim: InitiationClaim): Initiation {
  for (const rule of RULES) rule(claim);
  const by = claim.source === 'MERCHANT' ? 'MERCHANT' : REMOTE_SOURCES.has(claim.source) ? 'PAYER_REMOTE' : 'PAYER';
  return { source: claim.source, storedOnFile: derivedStoredOnFile(claim), by };
}

function derivedStoredOnFile({ storedOnFile, saveCredential, credential }: InitiationClaim): StoredOnFile {
  if (storedOnFile) return storedOnFile;
  if (credential === 'STORED') return 'STORED';
  if (saveCredential) return 'TO_BE_STORED';
  return credential === 'CUSTOMER_TOKEN' ? 'STORED' : 'NOT_STORED';
}
