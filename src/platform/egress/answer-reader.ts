import { type Dispatcher, errors } from 'undici';
import type { EgressOutcome } from './egress-answer.js';
import { outcomeOfError } from './outcome-of-error.js';

/** How one exchange ended. */
export interface Ending {
  readonly outcome: EgressOutcome;
  readonly status: number | null;
  readonly isOk: boolean;
  /** Whether the answer was read to its end, so that the connection may serve again. */
  readonly isWhole: boolean;
}

const OK = Buffer.from('ok');
/** A server may say "continue" and give early hints; more of that is only meant to keep us. */
const INTERIM_MAX = 4;

/**
 * Reads as much of an answer as it takes to say whether it is exactly `ok`,
 * and no more: nothing past its head when the status is another, nothing past
 * the first byte that differs.
 */
export class AnswerReader implements Dispatcher.DispatchHandler {
  /** Rejects when the request could not even be written, which is a fault of ours. */
  readonly ending: Promise<Ending>;
  #settle!: (ending: Ending) => void;
  #fail!: (error: Error) => void;
  #isOver = false;
  #status: number | null = null;
  #interim = 0;
  #matched = 0;

  constructor() {
    this.ending = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
  }

  /** Ends it without an answer. What has not been sent by then never is. */
  giveUp(outcome: EgressOutcome): void {
    this.#end(outcome);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#isOver) controller.abort(new Error('given up before it was sent'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > INTERIM_MAX) this.#end('TOO_LARGE');
      return;
    }
    this.#status = status;
    if (status !== 200) this.#end('ANSWERED');
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    const expected = OK.subarray(this.#matched, this.#matched + chunk.length);
    this.#matched += chunk.length;
    if (!chunk.equals(expected)) this.#end('ANSWERED');
  }

  onResponseEnd(): void {
    this.#end('ANSWERED', { isOk: this.#status === 200 && this.#matched === OK.length, isWhole: true });
  }

  onResponseError(_: Dispatcher.DispatchController, error: unknown): void {
    if (error instanceof errors.InvalidArgumentError) this.#fail(error);
    else this.#end(outcomeOfError(error));
  }

  #end(outcome: EgressOutcome, { isOk, isWhole } = { isOk: false, isWhole: false }): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle({ outcome, status: this.#status, isOk, isWhole });
  }
}
