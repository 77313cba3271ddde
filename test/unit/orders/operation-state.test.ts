import {
  isInFlight,
  OPERATION_STATUSES,
  OPERATION_TRANSITIONS,
  type OperationEvent,
} from '../../../src/features/orders/domain/operation-state.js';
import { diagramOf, isTerminal, nextState } from '../../../src/kernel/state-machine.js';

const EVENTS = [
  'lose',
  'requireAction',
  'process',
  'succeed',
  'succeedInPart',
  'decline',
  'fail',
  'cancel',
  'failAfterSuccess',
] as const satisfies readonly OperationEvent[];

const SETTLED = ['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'DECLINED', 'FAILED', 'CANCELED'] as const;

describe('the machine of operations and transactions', () => {
  it('is this', () => {
    expect(diagramOf(OPERATION_TRANSITIONS)).toMatchInlineSnapshot(`
     "stateDiagram-v2
       PENDING --> UNKNOWN: lose
       PENDING --> REQUIRES_ACTION: requireAction
       PENDING --> PROCESSING: process
       PENDING --> SUCCEEDED: succeed
       PENDING --> PARTIALLY_SUCCEEDED: succeedInPart
       PENDING --> DECLINED: decline
       PENDING --> FAILED: fail
       PENDING --> CANCELED: cancel
       UNKNOWN --> REQUIRES_ACTION: requireAction
       UNKNOWN --> PROCESSING: process
       UNKNOWN --> SUCCEEDED: succeed
       UNKNOWN --> PARTIALLY_SUCCEEDED: succeedInPart
       UNKNOWN --> DECLINED: decline
       UNKNOWN --> FAILED: fail
       UNKNOWN --> CANCELED: cancel
       REQUIRES_ACTION --> PROCESSING: process
       REQUIRES_ACTION --> SUCCEEDED: succeed
       REQUIRES_ACTION --> DECLINED: decline
       REQUIRES_ACTION --> FAILED: fail
       REQUIRES_ACTION --> CANCELED: cancel
       PROCESSING --> REQUIRES_ACTION: requireAction
       PROCESSING --> SUCCEEDED: succeed
       PROCESSING --> PARTIALLY_SUCCEEDED: succeedInPart
       PROCESSING --> DECLINED: decline
       PROCESSING --> FAILED: fail
       PROCESSING --> CANCELED: cancel
       SUCCEEDED --> FAILED: failAfterSuccess
       PARTIALLY_SUCCEEDED --> FAILED: failAfterSuccess"
    `);
  });

  it('has a row for every status', () => {
    expect(Object.keys(OPERATION_TRANSITIONS).sort()).toEqual([...OPERATION_STATUSES].sort());
  });

  it('has each event lead to one status, wherever it comes', () => {
    for (const event of EVENTS) {
      const targets = new Set(OPERATION_STATUSES.flatMap((status) => OPERATION_TRANSITIONS[status][event] ?? []));
      expect([event, targets.size]).toEqual([event, 1]);
    }
  });

  it('leads out of what is settled only by a failure after success', () => {
    for (const status of SETTLED) {
      const success = status === 'SUCCEEDED' || status === 'PARTIALLY_SUCCEEDED';
      expect(OPERATION_TRANSITIONS[status]).toEqual(success ? { failAfterSuccess: 'FAILED' } : {});
    }
    expect(OPERATION_STATUSES.filter((status) => isTerminal(OPERATION_TRANSITIONS, status))).toEqual([
      'DECLINED',
      'FAILED',
      'CANCELED',
    ]);
  });

  it('leads from UNKNOWN wherever it leads from PENDING, but not to itself', () => {
    const { lose, ...answers } = OPERATION_TRANSITIONS.PENDING;
    expect(lose).toBe('UNKNOWN');
    expect(OPERATION_TRANSITIONS.UNKNOWN).toEqual(answers);
  });

  it('leads from every open status to success, decline, failure and cancellation', () => {
    for (const status of ['PENDING', 'UNKNOWN', 'PROCESSING', 'REQUIRES_ACTION'] as const) {
      const reached = Object.values(OPERATION_TRANSITIONS[status]);
      expect(reached).toEqual(expect.arrayContaining(['SUCCEEDED', 'DECLINED', 'FAILED', 'CANCELED']));
    }
  });

  it('never leads back to PENDING, nor from an answer to not knowing', () => {
    for (const status of OPERATION_STATUSES) {
      const reached = Object.values(OPERATION_TRANSITIONS[status]);
      expect(reached).not.toContain('PENDING');
      if (status !== 'PENDING') expect(reached).not.toContain('UNKNOWN');
    }
  });

  it('refuses what it does not have', () => {
    expect(() => nextState(OPERATION_TRANSITIONS, 'SUCCEEDED', 'decline')).toThrow(
      expect.objectContaining({
        code: 'ILLEGAL_TRANSITION',
        message: 'cannot decline while SUCCEEDED',
      }),
    );
  });

  it('is in flight while nobody knows what the payment system did', () => {
    expect(OPERATION_STATUSES.filter(isInFlight)).toEqual(['PENDING', 'UNKNOWN']);
  });
});
