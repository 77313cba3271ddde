import {
  type AgreementClaim,
  type Initiation,
  type InitiationClaim,
  initiation,
  STORED_ON_FILE,
} from '../../../src/features/orders/domain/scheme-rules.js';
import { DomainError } from '../../../src/kernel/errors.js';
import { TRANSACTION_SOURCES, type TransactionSource } from '../../../src/kernel/transaction-source.js';
import { AGREEMENT, judged, PLAIN_CHARGE, PLAIN_PAYMENT } from './scheme-claims.js';

const ANOTHER = 'agreement-2';

/** Where a payment may stand to an agreement. */
const STANDINGS: Readonly<Record<string, AgreementClaim | null>> = {
  'under none': null,
  'establishes it': { ...AGREEMENT, position: 'FIRST', seriesOfOrder: AGREEMENT.id, inForce: false, status: 'PENDING' },
  'establishes it, order of another': { ...AGREEMENT, position: 'FIRST', seriesOfOrder: ANOTHER },
  'charge under it': AGREEMENT,
  'charge under it, order of another': { ...AGREEMENT, seriesOfOrder: ANOTHER },
  'charge with another credential': { ...AGREEMENT, credentialIsIts: false },
  'charge while suspended': { ...AGREEMENT, inForce: false, status: 'SUSPENDED' },
  'charge with another credential while suspended': {
    ...AGREEMENT,
    credentialIsIts: false,
    inForce: false,
    status: 'SUSPENDED',
  },
};

interface Case {
  readonly claim: InitiationClaim;
  readonly facts: Readonly<Record<string, unknown>>;
}

function* everyCase(): Generator<Case> {
  for (const source of TRANSACTION_SOURCES)
    for (const storedOnFile of [null, ...STORED_ON_FILE])
      for (const saveCredential of [false, true])
        for (const credential of ['TOKEN', 'CUSTOMER_TOKEN', 'STORED'] as const)
          for (const hasPayer of [false, true])
            for (const allowed of [false, true])
              for (const [standing, agreement] of Object.entries(STANDINGS)) {
                const facts = { source, storedOnFile, saveCredential, credential, hasPayer };
                const allowedSources = TRANSACTION_SOURCES.filter((each) => allowed || each !== source);
                yield {
                  claim: { ...PLAIN_PAYMENT, ...facts, allowedSources, agreement },
                  facts: { ...facts, allowed, standing },
                };
              }
}

type When = Readonly<Record<string, readonly unknown[]>>;

/** The first row that fits is the answer; a row that names no fact fits everything. */
function rowFor<R extends { readonly when: When }>(rows: readonly R[], { facts }: Case): R | undefined {
  return rows.find(({ when }) => Object.entries(when).every(([fact, values]) => values.includes(facts[fact])));
}

const IN_PERSON = TRANSACTION_SOURCES.filter((source) => source !== 'MERCHANT');
const NEW_DETAILS = ['TOKEN', 'CUSTOMER_TOKEN'];
const ESTABLISHES = ['establishes it', 'establishes it, order of another'];
const PAYER_MISSING = { code: 'INVALID_INPUT', says: /^payer: .* only be stored for a payer; give one$/ };

/** What the schemes and the operator forbid, in the words of the product. */
const FORBIDDEN: readonly { readonly when: When; readonly code: string; readonly says: RegExp }[] = [
  {
    when: { source: ['CARD_PRESENT', 'PAYER_PRESENT'] },
    code: 'SOURCE_NOT_ALLOWED',
    says: /^source: (CARD|PAYER)_PRESENT needs a card terminal, and this payment system account has none$/,
  },
  {
    when: { allowed: [false] },
    code: 'SOURCE_NOT_ALLOWED',
    says: /^source: [A-Z_]+ is not allowed for this merchant \(allowed: [A-Z_, ]+\); its operator can allow it with updateMerchant$/,
  },
  {
    when: { source: ['MERCHANT'], storedOnFile: ['NOT_STORED', 'TO_BE_STORED'] },
    code: 'STORED_ON_FILE_CONFLICT',
    says: /^storedOnFile: a merchant-initiated transaction uses stored details, so it is STORED, not (NOT|TO_BE)_STORED$/,
  },
  {
    when: { source: ['MERCHANT'], standing: ['under none'] },
    code: 'AGREEMENT_REQUIRED',
    says: /^source: MERCHANT is for charges under an agreement with the payer, and this order has none$/,
  },
  {
    when: { credential: ['STORED'], storedOnFile: ['NOT_STORED', 'TO_BE_STORED'] },
    code: 'STORED_ON_FILE_CONFLICT',
    says: /^storedOnFile: a stored credential is being used, so it is STORED, not (NOT|TO_BE)_STORED$/,
  },
  {
    when: { credential: ['TOKEN'], storedOnFile: ['STORED'] },
    code: 'STORED_ON_FILE_CONFLICT',
    says: /^storedOnFile: STORED .* token belongs to no customer; name a storedCredentialId or externalCustomerId$/,
  },
  {
    when: { saveCredential: [true], storedOnFile: ['NOT_STORED'] },
    code: 'STORED_ON_FILE_CONFLICT',
    says: /^storedOnFile: NOT_STORED contradicts saveCredential: true$/,
  },
  {
    when: { standing: ESTABLISHES, storedOnFile: ['NOT_STORED'] },
    code: 'STORED_ON_FILE_CONFLICT',
    says: /^storedOnFile: this payment establishes an agreement, .* leave it out or say TO_BE_STORED$/,
  },
  { when: { hasPayer: [false], standing: ESTABLISHES }, ...PAYER_MISSING },
  { when: { hasPayer: [false], storedOnFile: ['TO_BE_STORED'] }, ...PAYER_MISSING },
  {
    when: {
      hasPayer: [false],
      storedOnFile: [null],
      saveCredential: [true],
      credential: NEW_DETAILS,
      source: IN_PERSON,
    },
    ...PAYER_MISSING,
  },
  {
    when: { standing: ['establishes it, order of another', 'charge under it, order of another'] },
    code: 'AGREEMENT_MISMATCH',
    says: /^agreement: the order was made under another agreement, and a series of payments keeps to one$/,
  },
  {
    when: { source: ['MERCHANT'], standing: ['establishes it'] },
    code: 'NEW_CIT_REQUIRED',
    says: /^source: the first payment of a series is initiated by the payer \(INTERNET, MOTO, …\), never by MERCHANT; .*chargeAgreement/,
  },
  {
    when: {
      source: ['MERCHANT'],
      standing: ['charge while suspended', 'charge with another credential while suspended'],
    },
    code: 'ILLEGAL_TRANSITION',
    says: /^cannot charge an agreement that is SUSPENDED$/,
  },
  {
    when: { source: ['MERCHANT'], standing: ['charge with another credential'] },
    code: 'NEW_CIT_REQUIRED',
    says: /^credential: .* the means of payment that the payer agreed to; .* anew with replaceAgreementCredential$/,
  },
];

/** Where the details stand: as the caller said, or else as the product derives it. */
const STORED_AS: readonly { readonly when: When; readonly is: Initiation['storedOnFile'] }[] = [
  ...STORED_ON_FILE.map((said) => ({ when: { storedOnFile: [said] }, is: said })),
  { when: { source: ['MERCHANT'] }, is: 'STORED' },
  { when: { credential: ['STORED'] }, is: 'STORED' },
  { when: { saveCredential: [true] }, is: 'TO_BE_STORED' },
  { when: { standing: ESTABLISHES }, is: 'TO_BE_STORED' },
  { when: { credential: ['CUSTOMER_TOKEN'] }, is: 'STORED' },
  { when: {}, is: 'NOT_STORED' },
];

/** When what is paid with is kept: for an agreement always, else when somebody asks, and it is not kept already. */
const KEPT: readonly { readonly when: When; readonly is: boolean }[] = [
  { when: { standing: ESTABLISHES }, is: true },
  { when: { storedOnFile: ['TO_BE_STORED'] }, is: true },
  { when: { storedOnFile: ['STORED', 'NOT_STORED'] }, is: false },
  { when: { source: IN_PERSON, saveCredential: [true], credential: NEW_DETAILS }, is: true },
  { when: {}, is: false },
];

const BY: Readonly<Partial<Record<TransactionSource, Initiation['by']>>> = {
  INTERNET: 'PAYER',
  MOTO: 'PAYER_REMOTE',
  MAIL_ORDER: 'PAYER_REMOTE',
  TELEPHONE_ORDER: 'PAYER_REMOTE',
  VOICE_RESPONSE: 'PAYER_REMOTE',
  CALL_CENTER: 'PAYER_REMOTE',
  MERCHANT: 'MERCHANT',
};

function expected(each: Case): string {
  const broken = rowFor(FORBIDDEN, each);
  if (broken) return `${broken.code} ${broken.says}`;
  const { source } = each.claim;
  return `${source} ${rowFor(STORED_AS, each)?.is} ${BY[source]} ${rowFor(KEPT, each)?.is}`;
}

/** In the words of the tables; a sentence that no row foresees stands for itself. */
function answered({ claim }: Case): string {
  const answer = judged(claim);
  if (!(answer instanceof Error)) return `${answer.source} ${answer.storedOnFile} ${answer.by} ${answer.store}`;
  const { code, message } = answer;
  return `${code} ${FORBIDDEN.find(({ says }) => says.test(message))?.says ?? message}`;
}

const CASES = [...everyCase()];
const ANSWERS = CASES.map(({ claim }) => judged(claim));

describe('how a payment may come about', () => {
  it('is as the tables say, in every combination', () => {
    expect(CASES).toHaveLength(9 * 4 * 2 * 3 * 2 * 2 * 8);
    const wrong = CASES.map((each) => ({ ...each.facts, wanted: expected(each), got: answered(each) })).filter(
      ({ wanted, got }) => wanted !== got,
    );
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('is decided by each row of the tables for something', () => {
    const allowed = CASES.filter((each) => !rowFor(FORBIDDEN, each));
    const idle = <R extends { readonly when: When }>(rows: readonly R[], cases: readonly Case[]) => {
      const decisive = new Set(cases.map((each) => rowFor(rows, each)));
      return rows.filter((row) => !decisive.has(row));
    };
    expect([...idle(FORBIDDEN, CASES), ...idle(STORED_AS, allowed), ...idle(KEPT, allowed)]).toEqual([]);
  });

  it('is refused with a sentence of its own for each rule, and never with a hole in it', () => {
    const sentences = [...new Set(ANSWERS.filter((each) => each instanceof DomainError).map(({ message }) => message))];
    const rules = [...new Set(FORBIDDEN.map(({ says }) => says))];
    expect(sentences.filter((text) => rules.filter((says) => says.test(text)).length !== 1)).toEqual([]);
    expect(sentences.filter((text) => /undefined|null|NaN|\[object|allowed: \)/.test(text))).toEqual([]);
  });

  it('keeps nothing that a merchant initiates, and nothing for nobody', () => {
    const kept = CASES.filter((_, index) => (ANSWERS[index] as Partial<Initiation>).store === true);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.filter(({ claim }) => claim.source === 'MERCHANT' || !claim.hasPayer)).toEqual([]);
  });

  it('says where the missing payer belongs', () => {
    expect(judged({ ...PLAIN_PAYMENT, saveCredential: true, hasPayer: false })).toMatchObject({
      issues: [{ path: ['payer'], message: 'is needed when the credential is to be stored' }],
    });
  });

  it('names what is allowed instead of what is not', () => {
    const allowedSources = ['INTERNET', 'MOTO'] as const;
    expect(() => initiation({ ...PLAIN_CHARGE, allowedSources })).toThrow('(allowed: INTERNET, MOTO)');
  });

  it('says what became of an agreement that cannot be charged', () => {
    for (const status of ['PENDING', 'SUSPENDED', 'COMPLETED', 'CANCELED', 'EXPIRED']) {
      const agreement = { ...AGREEMENT, inForce: false, status };
      expect(() => initiation({ ...PLAIN_CHARGE, agreement })).toThrow(`an agreement that is ${status}`);
    }
  });

  it('is by nothing but an allowed source', () => {
    for (const source of TRANSACTION_SOURCES) {
      const answer = judged({ ...PLAIN_CHARGE, source, allowedSources: [] });
      expect(answer).toMatchObject({ code: 'SOURCE_NOT_ALLOWED' });
    }
  });
});
