import {
  type Initiation,
  type InitiationClaim,
  initiation,
  STORED_ON_FILE,
} from '../../../src/features/orders/domain/initiation.js';
import type { DomainError } from '../../../src/kernel/errors.js';
import { TRANSACTION_SOURCES, type TransactionSource } from '../../../src/kernel/transaction-source.js';

const CREDENTIALS = ['TOKEN', 'CUSTOMER_TOKEN', 'STORED'] as const;

function* everyClaim(): Generator<InitiationClaim> {
  for (const source of TRANSACTION_SOURCES)
    for (const storedOnFile of [null, ...STORED_ON_FILE])
      for (const saveCredential of [false, true])
        for (const credential of CREDENTIALS)
          for (const hasPayer of [false, true])
            for (const allowedSources of [TRANSACTION_SOURCES, TRANSACTION_SOURCES.filter((each) => each !== source)])
              yield { source, storedOnFile, saveCredential, credential, hasPayer, allowedSources };
}

/** What the schemes and the operator forbid, in the words of the product: the first that fits is the answer. */
const FORBIDDEN: readonly {
  readonly when: Partial<Record<keyof InitiationClaim | 'allowed', unknown>>;
  readonly as: string;
}[] = [
  { when: { source: ['CARD_PRESENT', 'PAYER_PRESENT'] }, as: 'SOURCE_NOT_ALLOWED source needs a card terminal' },
  { when: { allowed: [false] }, as: 'SOURCE_NOT_ALLOWED source is not allowed for this merchant' },
  {
    when: { source: ['MERCHANT'], storedOnFile: ['NOT_STORED'] },
    as: 'STORED_ON_FILE_CONFLICT storedOnFile NOT_STORED cannot be true',
  },
  { when: { source: ['MERCHANT'] }, as: 'AGREEMENT_REQUIRED source agreement' },
  {
    when: { credential: ['STORED'], storedOnFile: ['NOT_STORED', 'TO_BE_STORED'] },
    as: 'STORED_ON_FILE_CONFLICT storedOnFile a stored credential is being used',
  },
  {
    when: { credential: ['TOKEN'], storedOnFile: ['STORED'] },
    as: 'STORED_ON_FILE_CONFLICT storedOnFile belongs to no customer',
  },
  {
    when: { saveCredential: [true], storedOnFile: ['NOT_STORED'] },
    as: 'STORED_ON_FILE_CONFLICT storedOnFile contradicts saveCredential',
  },
  {
    when: { hasPayer: [false], storedOnFile: ['TO_BE_STORED'] },
    as: 'INVALID_INPUT payer can only be stored for a payer',
  },
  {
    when: { hasPayer: [false], storedOnFile: [null], saveCredential: [true], credential: ['TOKEN', 'CUSTOMER_TOKEN'] },
    as: 'INVALID_INPUT payer can only be stored for a payer',
  },
];

/** What is derived where it is not given. */
const DERIVED: readonly {
  readonly credential: string;
  readonly saveCredential: boolean;
  readonly storedOnFile: string;
}[] = [
  { credential: 'TOKEN', saveCredential: false, storedOnFile: 'NOT_STORED' },
  { credential: 'TOKEN', saveCredential: true, storedOnFile: 'TO_BE_STORED' },
  { credential: 'CUSTOMER_TOKEN', saveCredential: false, storedOnFile: 'STORED' },
  { credential: 'CUSTOMER_TOKEN', saveCredential: true, storedOnFile: 'TO_BE_STORED' },
  { credential: 'STORED', saveCredential: false, storedOnFile: 'STORED' },
  { credential: 'STORED', saveCredential: true, storedOnFile: 'STORED' },
];

const BY: Readonly<Partial<Record<TransactionSource, Initiation['by']>>> = {
  INTERNET: 'PAYER',
  MOTO: 'PAYER_REMOTE',
  MAIL_ORDER: 'PAYER_REMOTE',
  TELEPHONE_ORDER: 'PAYER_REMOTE',
  VOICE_RESPONSE: 'PAYER_REMOTE',
  CALL_CENTER: 'PAYER_REMOTE',
};

function expected(claim: InitiationClaim): string {
  const facts = { ...claim, allowed: claim.allowedSources.includes(claim.source) };
  const broken = FORBIDDEN.find(({ when }) =>
    Object.entries(when).every(([field, values]) => (values as unknown[]).includes(facts[field as keyof typeof facts])),
  );
  if (broken) return broken.as;
  const derived = DERIVED.find(
    (row) => row.credential === claim.credential && row.saveCredential === claim.saveCredential,
  );
  return `${claim.source} ${claim.storedOnFile ?? derived?.storedOnFile} ${BY[claim.source]}`;
}

/** In the words of the table: a refusal's code, the field its message names first, and the part of it that was expected. */
function answered(claim: InitiationClaim, wanted: string): string {
  try {
    const { source, storedOnFile, by } = initiation(claim);
    return `${source} ${storedOnFile} ${by}`;
  } catch (error) {
    const { code, message } = error as DomainError;
    const field = message.slice(0, message.indexOf(':'));
    const said = wanted.split(' ').slice(2).join(' ');
    return `${code} ${field} ${message.includes(said) ? said : message}`;
  }
}

const CLAIMS = [...everyClaim()];

const POINT_OF_DEPARTURE: InitiationClaim = {
  source: 'INTERNET',
  storedOnFile: null,
  saveCredential: false,
  credential: 'TOKEN',
  hasPayer: true,
  allowedSources: ['INTERNET', 'MOTO', 'MERCHANT'],
};

describe('how a payment may come about', () => {
  it('is as the table says, in every combination', () => {
    expect(CLAIMS).toHaveLength(9 * 4 * 2 * 3 * 2 * 2);
    const wrong = CLAIMS.map((claim) => ({
      claim,
      wanted: expected(claim),
      got: answered(claim, expected(claim)),
    })).filter(({ wanted, got }) => wanted !== got);
    expect(wrong).toEqual([]);
  });

  it('is refused by each row of that table for something', () => {
    const answers = new Set(CLAIMS.map(expected));
    expect(FORBIDDEN.filter(({ as }) => !answers.has(as))).toEqual([]);
  });

  it.each<[string, Partial<InitiationClaim>, string, string]>([
    [
      'a terminal that is not there',
      { source: 'CARD_PRESENT', allowedSources: TRANSACTION_SOURCES },
      'SOURCE_NOT_ALLOWED',
      'source: CARD_PRESENT needs a card terminal, and this payment system account has none',
    ],
    [
      'a source that the operator did not allow',
      { source: 'CALL_CENTER' },
      'SOURCE_NOT_ALLOWED',
      'source: CALL_CENTER is not allowed for this merchant (allowed: INTERNET, MOTO, MERCHANT); its operator can allow it with updateMerchant',
    ],
    [
      'a merchant-initiated payment with details that nobody stored',
      { source: 'MERCHANT', storedOnFile: 'NOT_STORED' },
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: a merchant-initiated transaction uses stored details, so NOT_STORED cannot be true of it',
    ],
    [
      'a merchant-initiated payment without an agreement',
      { source: 'MERCHANT', credential: 'STORED' },
      'AGREEMENT_REQUIRED',
      'source: MERCHANT is for charges under an agreement with the payer, and this order has none',
    ],
    [
      'a stored credential that is still to be stored',
      { credential: 'STORED', storedOnFile: 'TO_BE_STORED' },
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: a stored credential is being used, so it is STORED, not TO_BE_STORED',
    ],
    [
      'a new token that was stored before',
      { storedOnFile: 'STORED' },
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: STORED says the details were stored before, but this token belongs to no customer; name a storedCredentialId or externalCustomerId',
    ],
    [
      'saving what is not to be stored',
      { saveCredential: true, storedOnFile: 'NOT_STORED' },
      'STORED_ON_FILE_CONFLICT',
      'storedOnFile: NOT_STORED contradicts saveCredential: true',
    ],
    [
      'storing for nobody',
      { saveCredential: true, hasPayer: false },
      'INVALID_INPUT',
      'payer: details can only be stored for a payer; give one',
    ],
  ])('refuses %s', (_, changes, code, message) => {
    expect(() => initiation({ ...POINT_OF_DEPARTURE, ...changes })).toThrow(expect.objectContaining({ code, message }));
  });

  it('says where the missing payer belongs', () => {
    expect(() => initiation({ ...POINT_OF_DEPARTURE, storedOnFile: 'TO_BE_STORED', hasPayer: false })).toThrow(
      expect.objectContaining({
        issues: [{ path: ['payer'], message: 'is needed when the credential is to be stored' }],
      }),
    );
  });

  it('is by nothing but an allowed source', () => {
    for (const source of TRANSACTION_SOURCES) {
      expect(() => initiation({ ...POINT_OF_DEPARTURE, source, allowedSources: [] })).toThrow(
        expect.objectContaining({ code: 'SOURCE_NOT_ALLOWED' }),
      );
    }
  });
});
