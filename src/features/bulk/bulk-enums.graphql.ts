import { enumOf } from '../../platform/graphql/enum-of.js';
import { BULK_KINDS, BULK_STATUSES, ROW_OUTCOMES } from './domain/words.js';

export const BulkKindEnum = enumOf('BulkOperationKind', 'What the rows of a file ask for.', BULK_KINDS, {
  CREATE_AGREEMENTS: 'Each row makes an agreement, or takes one over; its reference is `terms.reference`.',
  CHARGE_AGREEMENTS: 'Each row charges an agreement; its reference is `orderNumber`.',
  UPDATE_AGREEMENTS: 'Each row changes an agreement; its reference is `changeReference`.',
});

export const BulkStatusEnum = enumOf('BulkOperationStatus', 'How far a file has come.', BULK_STATUSES, {
  AWAITING_FILE: 'The file is to be put to `uploadUrl`, within an hour.',
  RECEIVING: 'The file is arriving. An upload that is cut off leaves nothing behind.',
  RUNNING: 'The rows are being carried out.',
  PAUSED: 'No further row is begun until `resumeBulkOperation`.',
  CANCELING: 'No further row is begun. Those under way are finished, and the rest become CANCELED.',
  COMPLETED: 'Every row has its outcome.',
  CANCELED: 'It was cancelled, or no file was put in time. What was done before stays done.',
  REFUSED: 'The file could not be read: `fileFaults` says why. Nothing of it was done.',
});

export const RowOutcomeEnum = enumOf('BulkRowOutcome', 'What came of a row.', ROW_OUTCOMES, {
  PENDING: 'Nothing yet.',
  SUCCEEDED: 'It was done; in a dry run, it would be done.',
  REPEATED: 'A row of the same reference and content was done before, by an earlier file: this shows what came of it.',
  FAILED: 'It was refused; `problem` says why. Mend it and send it again.',
  CANCELED: 'It was not begun, because the operation was cancelled.',
});
