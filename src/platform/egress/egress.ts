import type { EgressAnswer, EgressRequest } from './egress-answer.js';

export interface EgressOptions {
  /** Whether this machine itself may be called, over plain http too; for development and tests. */
  readonly privateAllowed: boolean;
  /** Over everything: resolving, connecting, sending, reading. */
  readonly deadlineMs?: number;
}

/** The only way out to addresses that tenants name. */
export class Egress {
  constructor(private readonly options: EgressOptions) {}

  /** Never rejects for what the other side does. */
  post(request: EgressRequest, options: { readonly deadlineMs?: number } = {}): Promise<EgressAnswer> {
    void options;
    throw new Error(`not yet: ${request.url} ${this.options.privateAllowed}`);
  }

  /** Ends idle connections, and breaks off what is under way. */
  async stop(): Promise<void> {}
}
