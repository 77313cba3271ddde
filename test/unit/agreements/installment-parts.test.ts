import type { AgreementFile, AgreementRow, ChargeRow } from '../../../src/features/agreements/agreement-rows.js';
import { installmentsOf, totalsOf } from '../../../src/features/agreements/installments.js';
import { toldChange } from '../../../src/features/agreements/told-change.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';

const PAID_AT = new Date('2027-02-01T08:00:05Z');

/** 100.00 EUR in three parts, the first of them paid in person. */
function plan(changes: Partial<AgreementRow> = {}, charges: readonly Partial<ChargeRow>[] = []): AgreementFile {
  const agreement = {
    id: newUuid(),
    type: 'INSTALLMENT',
    status: 'ACTIVE',
    currency: 'EUR',
    chargeMode: 'SEQUENCE',
    chargeAmounts: ['3334', '3333', '3333'],
    period: 'MONTH',
    intervalCount: 1,
    scheduleStart: '2027-01-31',
    finishDate: null,
    timeZone: 'Europe/Berlin',
    localTime: '09:00',
    baseNumber: 2,
    baseIndex: 0,
    ...changes,
  } as AgreementRow;
  return {
    agreement,
    charges: charges.map((charge) => ({ liveOrderId: null, lastOrderId: null, ...charge }) as ChargeRow),
  };
}

const FIRST: Partial<ChargeRow> = {
  number: 1,
  kind: 'FIRST_PART',
  amount: 3334n,
  status: 'PAID',
  plannedAt: new Date('2027-01-01T10:00:00Z'),
  finishedAt: PAID_AT,
  lastOrderId: newUuid(),
  gaveUpBecause: null,
  giveUpAs: null,
};
const SECOND: Partial<ChargeRow> = {
  number: 2,
  kind: 'SCHEDULED',
  amount: 3333n,
  status: 'OPEN',
  plannedAt: new Date('2027-01-31T08:00:00Z'),
  finishedAt: null,
  gaveUpBecause: null,
  giveUpAs: null,
};
const PAY_OFF: Partial<ChargeRow> = {
  number: null,
  kind: 'PAY_OFF',
  amount: 6666n,
  status: 'PAID',
  finishedAt: PAID_AT,
};

const partsOf = (file: AgreementFile) => installmentsOf(file) ?? [];
const statusesOf = (file: AgreementFile) => partsOf(file).map(({ status }) => status);

describe('the parts of an instalment plan', () => {
  it('are what was charged, and then what the schedule will', () => {
    expect(partsOf(plan({}, [FIRST, SECOND]))).toEqual([
      expect.objectContaining({
        number: 1,
        amount: 3334n,
        status: 'PAID',
        paidAt: PAID_AT,
        orderId: FIRST.lastOrderId,
      }),
      expect.objectContaining({ number: 2, amount: 3333n, status: 'OPEN', paidAt: null, dueAt: SECOND.plannedAt }),
      {
        number: 3,
        amount: 3333n,
        status: 'PLANNED',
        paidAt: null,
        orderId: null,
        dueAt: new Date('2027-02-28T08:00:00Z'),
      },
    ]);
  });

  it('have no time yet where the payer is waited for', () => {
    expect(partsOf(plan({ status: 'PENDING' }))[0]).toMatchObject({ number: 1, status: 'PLANNED', dueAt: null });
  });

  it('are paid off together, those that were given up for it too', () => {
    const givenUp = { ...SECOND, status: 'FAILED', finishedAt: PAID_AT, gaveUpBecause: 'PAID_OFF' } as const;
    expect(statusesOf(plan({ status: 'COMPLETED' }, [FIRST, givenUp, PAY_OFF]))).toEqual([
      'PAID',
      'PAID_OFF',
      'PAID_OFF',
    ]);
    expect(statusesOf(plan({ status: 'SUSPENDED' }, [FIRST, givenUp]))).toEqual(['PAID', 'FAILED', 'PLANNED']);
  });

  it('that were not due yet end with the plan', () => {
    expect(statusesOf(plan({ status: 'CANCELED' }, [FIRST]))).toEqual(['PAID', 'CANCELED', 'CANCELED']);
  });

  it('are of plans alone', () => {
    expect(installmentsOf(plan({ type: 'RECURRING' }))).toBeNull();
    expect(installmentsOf(plan({ chargeMode: 'FIXED', chargeAmounts: ['100'] }))).toBeNull();
  });
});

describe('the statement of a plan', () => {
  const statement = (file: AgreementFile) => totalsOf(partsOf(file));

  it('has every part in paid or due, given up or not, until the plan ends', () => {
    const failed = { ...SECOND, status: 'FAILED', gaveUpBecause: 'RETRIES_EXHAUSTED' } as const;
    for (const second of [SECOND, failed]) {
      expect(statement(plan({}, [FIRST, second]))).toEqual({
        total: 10_000n,
        paid: 3334n,
        due: 6666n,
        partsPaid: 1,
        partsDue: 2,
      });
    }
    expect(statement(plan({ status: 'CANCELED' }, [FIRST]))).toMatchObject({ paid: 3334n, due: 0n, partsDue: 0 });
  });

  it('has nothing due once it is paid off', () => {
    expect(statement(plan({ status: 'COMPLETED' }, [FIRST, PAY_OFF]))).toMatchObject({
      paid: 10_000n,
      due: 0n,
      partsPaid: 3,
    });
  });
});

describe('an entry of the history', () => {
  it('is told in decimals, public ids and the names of the API', () => {
    const credentialId = newUuid();
    const kept = {
      maximum: '1250',
      minimum: null,
      chargeAmounts: ['5', '10000'],
      credentialId,
      minimumDays: 20,
      scheduleStart: '2027-01-31',
      status: 'ACTIVE',
    };
    expect(toldChange(plan().agreement, kept)).toEqual({
      maximumAmount: '12.50',
      minimumAmount: null,
      chargeAmounts: ['0.05', '100.00'],
      storedCredentialId: publicId('storedCredential', credentialId),
      minimumDaysBetweenPayments: 20,
      startDate: '2027-01-31',
      status: 'ACTIVE',
    });
  });
});
