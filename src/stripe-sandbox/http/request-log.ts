import type { FormHash } from './form.js';

export interface RequestRecord {
  /** By the sandbox's clock, ISO 8601. */
  at: string;
  method: string;
  path: string;
  params: FormHash;
  idempotencyKey: string | null;
  /** Null when a fault left the request without an answer. */
  status: number | null;
  accountId: string | null;
}

export interface RequestFilter {
  accountId?: string | undefined;
  method?: string | undefined;
  /** A regular expression on the path. */
  path?: string | undefined;
}

const RECORDS_MAX = 10_000;

/** What was asked lately, for tests to look at. */
export class RequestLog {
  private records: RequestRecord[] = [];

  add(record: RequestRecord): void {
    this.records.push(record);
    // Cut in halves, so that a full log does not shift ten thousand records for every request.
    if (this.records.length >= 2 * RECORDS_MAX) this.records = this.records.slice(-RECORDS_MAX);
  }

  list(filter: RequestFilter = {}): RequestRecord[] {
    const pattern = filter.path === undefined ? null : new RegExp(filter.path);
    return this.records
      .slice(-RECORDS_MAX)
      .filter(
        (each) =>
          (filter.accountId === undefined || each.accountId === filter.accountId) &&
          (filter.method === undefined || each.method === filter.method.toUpperCase()) &&
          (pattern === null || pattern.test(each.path)),
      );
  }

  clear(): void {
    this.records = [];
  }
}
