import type { TransitionTable } from '../../../kernel/state-machine.js';
import type { BulkStatus } from './words.js';

export type BulkEvent =
  | 'receive'
  | 'lose'
  | 'start'
  | 'refuse'
  | 'expire'
  | 'pause'
  | 'resume'
  | 'cancel'
  | 'complete'
  | 'stop';

/**
 * A file is awaited only where it is put to an address of its own; one that was
 * cut off may be put again. What runs and is cancelled finishes the rows that
 * it has begun: money may be on its way. A paused operation may still complete,
 * by the rows that were under way.
 */
export const BULK_TRANSITIONS: TransitionTable<BulkStatus, BulkEvent> = {
  AWAITING_FILE: { receive: 'RECEIVING', expire: 'CANCELED', cancel: 'CANCELED' },
  RECEIVING: { start: 'RUNNING', lose: 'AWAITING_FILE', refuse: 'REFUSED', expire: 'CANCELED', cancel: 'CANCELED' },
  RUNNING: { pause: 'PAUSED', complete: 'COMPLETED', cancel: 'CANCELING' },
  PAUSED: { resume: 'RUNNING', complete: 'COMPLETED', cancel: 'CANCELING' },
  CANCELING: { stop: 'CANCELED', complete: 'COMPLETED' },
  COMPLETED: {},
  CANCELED: {},
  REFUSED: {},
};

export function hasEnded(status: BulkStatus): boolean {
  return status === 'COMPLETED' || status === 'CANCELED' || status === 'REFUSED';
}
