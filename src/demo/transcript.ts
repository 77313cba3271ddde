/** An order as the story asks for it. */
export interface ToldOrder {
  readonly id: string;
  readonly billNumber: string;
  readonly orderNumber: string;
  readonly status: string;
  readonly amount: Amount;
  readonly authorizedAmount: Amount;
  readonly capturedAmount: Amount;
  readonly refundedAmount: Amount;
  readonly nextAction: { readonly redirectUrl: string | null } | null;
  readonly operations: readonly {
    readonly type: string;
    readonly status: string;
    readonly declineCode: string | null;
  }[];
}

interface Amount {
  readonly amount: string;
  readonly currency: string;
}

export const ORDER_FIELDS = `{ id billNumber orderNumber status amount { amount currency }
  authorizedAmount { amount currency } capturedAmount { amount currency } refundedAmount { amount currency }
  nextAction { redirectUrl } operations { type status declineCode } }`;

/** Tells the story as it happens, and remembers whether it went as it should. */
export class Transcript {
  #faults = 0;
  /** What the socket has brought and nobody has told yet: it may be faster than the answer of the step that caused it. */
  #heard: string[] = [];

  constructor(private readonly write: (text: string) => void) {}

  get wentAsExpected(): boolean {
    return this.#faults === 0;
  }

  chapter(title: string): void {
    this.write(`\n${title}\n`);
  }

  step(operation: string, what: string): void {
    this.write(`  ${operation.padEnd(16)} ${what}\n`);
  }

  order(order: ToldOrder): void {
    const { billNumber, status, authorizedAmount, capturedAmount, refundedAmount } = order;
    this.write(
      `${' '.repeat(19)}bill ${billNumber}: ${status}; granted ${told(authorizedAmount)}, ` +
        `captured ${told(capturedAmount)}, refunded ${told(refundedAmount)}\n`,
    );
  }

  live(text: string): void {
    this.#heard.push(text);
  }

  /** To be called when a step has been told. */
  tellHeard(): void {
    for (const text of this.#heard.splice(0)) this.write(`${' '.repeat(50)}~ ${text}\n`);
  }

  /** What every step is measured by. */
  expect(what: string, found: unknown, wanted: unknown): void {
    if (found === wanted) return;
    this.#faults += 1;
    this.write(`  ✗ ${what} is ${String(found)}, and should be ${String(wanted)}\n`);
  }
}

function told({ amount, currency }: Amount): string {
  return `${amount} ${currency}`;
}
