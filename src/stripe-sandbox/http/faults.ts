export type FaultKind =
  | 'timeout_before'
  | 'timeout_after'
  | 'reset_before'
  | 'reset_after'
  | 'error_500_before'
  | 'error_500_after'
  | 'error_503'
  | 'rate_limited'
  | 'slow';

export const FAULT_KINDS: readonly FaultKind[] = [
  'timeout_before',
  'timeout_after',
  'reset_before',
  'reset_after',
  'error_500_before',
  'error_500_after',
  'error_503',
  'rate_limited',
  'slow',
];

export interface FaultOrder {
  kind: FaultKind;
  method?: string;
  /** A regular expression on the path. */
  path?: string;
  /** How many requests it strikes; without it, every one until it is cleared. */
  count?: number;
  /** How likely it strikes a request that fits, from 0 to 1. */
  probability?: number;
  delayMs?: number;
  accountId?: string;
}

export interface Struck {
  kind: FaultKind;
  delayMs: number;
}

interface Fault extends FaultOrder {
  pattern: RegExp | null;
  left: number;
}

const SLOW_USUAL_MS = 1000;

/** Misfortunes ordered by tests; each request asks whether one strikes it. */
export class Faults {
  private faults: Fault[] = [];

  constructor(private readonly random: () => number) {}

  add(order: FaultOrder): void {
    const pattern = order.path === undefined ? null : new RegExp(order.path);
    this.faults.push({ ...order, pattern, left: order.count ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.faults = [];
  }

  strike(method: string, path: string, accountId: string): Struck | null {
    for (const fault of this.faults) {
      if (!this.fits(fault, method, path, accountId)) continue;
      fault.left -= 1;
      if (fault.left <= 0) this.faults = this.faults.filter((each) => each !== fault);
      return { kind: fault.kind, delayMs: fault.delayMs ?? (fault.kind === 'slow' ? SLOW_USUAL_MS : 0) };
    }
    return null;
  }

  private fits(fault: Fault, method: string, path: string, accountId: string): boolean {
    if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
    if (fault.accountId !== undefined && fault.accountId !== accountId) return false;
    if (fault.pattern !== null && !fault.pattern.test(path)) return false;
    return fault.probability === undefined || this.random() < fault.probability;
  }
}
