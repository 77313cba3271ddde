import {
  AGREEMENT_STATUSES,
  AGREEMENT_TRANSITIONS,
  type AgreementEvent,
  type AgreementStatus,
  CHARGE_STATUSES,
  CHARGE_TRANSITIONS,
  type ChargeEvent,
  type ChargeStatus,
} from '../../../src/features/agreements/domain/agreement-status.js';
import { isTerminal, nextState } from '../../../src/kernel/state-machine.js';

const AGREEMENT_EVENTS: Readonly<Record<AgreementEvent, Partial<Record<AgreementStatus, AgreementStatus>>>> = {
  establish: { PENDING: 'ACTIVE' },
  abandon: { PENDING: 'CANCELED' },
  fallBehind: { ACTIVE: 'PAST_DUE' },
  recover: { PAST_DUE: 'ACTIVE' },
  suspend: { ACTIVE: 'SUSPENDED', PAST_DUE: 'SUSPENDED' },
  resume: { SUSPENDED: 'ACTIVE' },
  complete: { ACTIVE: 'COMPLETED', PAST_DUE: 'COMPLETED', SUSPENDED: 'COMPLETED' },
  reclaim: { COMPLETED: 'SUSPENDED' },
  cancel: { PENDING: 'CANCELED', ACTIVE: 'CANCELED', PAST_DUE: 'CANCELED', SUSPENDED: 'CANCELED' },
  expire: { ACTIVE: 'EXPIRED', PAST_DUE: 'EXPIRED', SUSPENDED: 'EXPIRED' },
};

const CHARGE_EVENTS: Readonly<Record<ChargeEvent, Partial<Record<ChargeStatus, ChargeStatus>>>> = {
  pay: { OPEN: 'PAID', FAILED: 'PAID' },
  giveUp: { OPEN: 'FAILED' },
  reopen: { FAILED: 'OPEN' },
  returnPayment: { PAID: 'FAILED' },
};

function everyPair<Event extends string, Status extends string>(
  events: Readonly<Record<Event, Partial<Record<Status, Status>>>>,
  statuses: readonly Status[],
): [Event, Status, Status | undefined][] {
  return (Object.keys(events) as Event[]).flatMap((event) =>
    statuses.map((status): [Event, Status, Status | undefined] => [event, status, events[event][status]]),
  );
}

describe('an agreement', () => {
  it.each(everyPair(AGREEMENT_EVENTS, AGREEMENT_STATUSES))('%s while %s: %s', (event, status, to) => {
    const move = () => nextState(AGREEMENT_TRANSITIONS, status, event);
    if (to !== undefined) expect(move()).toBe(to);
    else expect(move).toThrow(expect.objectContaining({ code: 'ILLEGAL_TRANSITION' }));
  });

  it('is over for good when it is canceled or expired, and only then', () => {
    const over = AGREEMENT_STATUSES.filter((status) => isTerminal(AGREEMENT_TRANSITIONS, status));
    expect(over).toEqual(['CANCELED', 'EXPIRED']);
  });
});

describe("a period's charge", () => {
  it.each(everyPair(CHARGE_EVENTS, CHARGE_STATUSES))('%s while %s: %s', (event, status, to) => {
    const move = () => nextState(CHARGE_TRANSITIONS, status, event);
    if (to !== undefined) expect(move()).toBe(to);
    else expect(move).toThrow(expect.objectContaining({ code: 'ILLEGAL_TRANSITION' }));
  });
});
