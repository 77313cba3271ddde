import { describe, expect, it } from '@jest/globals';
import { BULK_TRANSITIONS, hasEnded } from '../../../src/features/bulk/domain/bulk-status.js';
import { BULK_STATUSES } from '../../../src/features/bulk/domain/words.js';
import { diagramOf, isTerminal } from '../../../src/kernel/state-machine.js';

describe('the status of a bulk operation', () => {
  it('goes these ways, and no others', () => {
    expect(diagramOf(BULK_TRANSITIONS).split('\n').slice(1)).toEqual([
      '  AWAITING_FILE --> RECEIVING: receive',
      '  AWAITING_FILE --> CANCELED: expire',
      '  AWAITING_FILE --> CANCELED: cancel',
      '  RECEIVING --> RUNNING: start',
      '  RECEIVING --> AWAITING_FILE: lose',
      '  RECEIVING --> REFUSED: refuse',
      '  RECEIVING --> CANCELED: expire',
      '  RECEIVING --> CANCELED: cancel',
      '  RUNNING --> PAUSED: pause',
      '  RUNNING --> COMPLETED: complete',
      '  RUNNING --> CANCELING: cancel',
      '  PAUSED --> RUNNING: resume',
      '  PAUSED --> COMPLETED: complete',
      '  PAUSED --> CANCELING: cancel',
      '  CANCELING --> CANCELED: stop',
      '  CANCELING --> COMPLETED: complete',
    ]);
  });

  it('has ended where nothing leads on', () => {
    for (const status of BULK_STATUSES) expect(hasEnded(status)).toBe(isTerminal(BULK_TRANSITIONS, status));
  });
});
