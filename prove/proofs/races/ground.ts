import pg from 'pg';
import type { AgreementCaller } from '../../../src/features/agreements/index.js';
import type { Carriers } from '../../../src/features/orders/index.js';
import type { PaymentGateway } from '../../../src/features/payment-systems/index.js';
import { newUuid } from '../../../src/kernel/ids.js';
import type { Row } from '../../../src/platform/database/sql.js';
import type { IdempotentRequest } from '../../../src/platform/idempotency/idempotent-request.js';
import { booksAgree, rowsOf } from '../../../test/reliability/orders/books.js';
import { callerOf, carriersWith, gatewayOf } from '../../../test/reliability/orders/dying.js';
import type { Product, Shop } from '../../../test/support/product.js';

/** Two processes on one database: races between processes are no different, and must not be. */
export interface Processes {
  readonly one: Product;
  readonly other: Product;
}

/** Where one kind of race is run: a shop of its own, so that all of it can be judged at its end. */
export class Ground {
  readonly one: Product;
  readonly other: Product;
  readonly caller: AgreementCaller;
  readonly merchantId: string;
  readonly operatorId: string;
  /** What the racers for a thing were answered: a code where refused, else `done`. */
  readonly answers = new Map<string, string[]>();
  #gateway: PaymentGateway | undefined;

  constructor(
    { one, other }: Processes,
    readonly shop: Shop,
    readonly random: () => number,
  ) {
    this.one = one;
    this.other = other;
    this.caller = { ...callerOf(shop), keyId: newUuid() };
    this.merchantId = this.caller.merchantId ?? '';
    this.operatorId = this.caller.operatorId;
  }

  product(racer: number): Product {
    return racer % 2 === 0 ? this.one : this.other;
  }

  /** What a process does its work with, outside of any race unless other units of work are given. */
  carriers(racer = 0, units = this.product(racer).built.units): Carriers {
    this.#gateway ??= gatewayOf(this.one, this.shop);
    return carriersWith(units, this.#gateway);
  }

  /** A request that nobody repeats, unless it has a key. */
  request(mutation: string, key: string | null = null, input: object = {}): IdempotentRequest {
    return { owner: `mer:${this.merchantId}:TEST`, key, mutation, input };
  }

  /** `$1` is the operator, `$2` the merchant. */
  rows<Found extends Row>(text: string): Promise<Found[]> {
    return rowsOf<Found>(this.one, this.shop, text);
  }

  /** A statement that finds what must not be; each row is one violation. */
  async wrong(what: string, text: string): Promise<readonly string[]> {
    return (await this.rows(text)).map((row) => `${what}: ${JSON.stringify(row, unlessBig)}`);
  }

  /** Those things whose racers were answered otherwise than `isRight` says. */
  answeredWrong(what: string, isRight: (answers: readonly string[], thing: string) => boolean): readonly string[] {
    return [...this.answers]
      .filter(([thing, answers]) => !isRight(answers, thing))
      .map(([thing, answers]) => `${what}: ${thing} was answered ${answers.toSorted().join(', ')}`);
  }

  /** Both processes' clocks and the payment system's. */
  advance(seconds: number): void {
    this.one.advance(seconds);
    this.other.clock.advance(seconds);
  }

  /** What has to hold whoever raced: our books are the payment system's, and nothing was told twice. */
  async books(): Promise<readonly string[]> {
    // A check of a means of payment takes no money and is in no book.
    const differ = (await booksAgree(this.one, this.shop)).filter((each) => !each.includes('Stripe has no seti_'));
    return [
      ...differ,
      ...(await this.wrong(
        'told twice',
        `select type, subject_id, payload ->> 'status' as status, count(*)::int as times from events
         where operator_id = $1 and $2::uuid is not null and type like '%.status_changed' and payload ->> 'status' in
           ('CAPTURED', 'CANCELED', 'REFUNDED', 'COMPLETED', 'VOID')
         group by type, subject_id, status having count(*) > 1`,
      )),
      ...(await this.wrong(
        'a ledger that does not net to zero',
        `select currency, sum(amount_minor)::text as sum from ledger_entries
         where operator_id = $1 and $2::uuid is not null group by currency having sum(amount_minor) <> 0`,
      )),
    ];
  }
}

/** Past every policy: to make what there is no other quick way to make. */
export async function asOwner(product: Product, sql: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: product.database.url });
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

function unlessBig(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

export function times(count: number, codes: readonly string[], code: string): boolean {
  return codes.filter((each) => each === code).length === count;
}
