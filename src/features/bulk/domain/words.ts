/** What the rows of a file ask for. */
export const BULK_KINDS = ['CREATE_AGREEMENTS', 'CHARGE_AGREEMENTS', 'UPDATE_AGREEMENTS'] as const;
export type BulkKind = (typeof BULK_KINDS)[number];

/** The mutation that takes a file of a kind. Its template has its name. */
export const MUTATION_OF_KIND = {
  CREATE_AGREEMENTS: 'createAgreements',
  CHARGE_AGREEMENTS: 'chargeAgreements',
  UPDATE_AGREEMENTS: 'updateAgreements',
} as const satisfies Readonly<Record<BulkKind, string>>;

/** `bulk-status.ts` says how one follows another. */
export const BULK_STATUSES = [
  'AWAITING_FILE',
  'RECEIVING',
  'RUNNING',
  'PAUSED',
  'CANCELING',
  'COMPLETED',
  'CANCELED',
  'REFUSED',
] as const;
export type BulkStatus = (typeof BULK_STATUSES)[number];

/**
 * What came of a row. `REPEATED`: the same row was done by an earlier file, or
 * an earlier line, whose result it shows. `CANCELED`: nothing was done, because
 * the operation was cancelled first.
 */
export const ROW_OUTCOMES = ['PENDING', 'SUCCEEDED', 'REPEATED', 'FAILED', 'CANCELED'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];
