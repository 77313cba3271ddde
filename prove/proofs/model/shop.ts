import type pg from 'pg';
import { Registry } from 'prom-client';
import {
  type AgreementCaller,
  type AgreementRow,
  agreementById,
  agreementsOfOrders,
  billingMeter,
  createAgreement,
  onOrderStatusChanged,
  runBilling,
} from '../../../src/features/agreements/index.js';
import { BALANCES_OF_MERCHANTS, type MerchantBalanceRow } from '../../../src/features/ledger/balances-sql.js';
import {
  type Carriers,
  createOrder,
  lockedFile,
  ORDER_STATUS_CHANGED,
  type OrderFile,
  orderInboxHandlers,
  reconcileOrders,
  watchDeadlines,
} from '../../../src/features/orders/index.js';
import type { OperationRow, OrderRow } from '../../../src/features/orders/order-rows.js';
import { OPERATIONS_OF_ORDERS, ORDERS_BY_ID } from '../../../src/features/orders/orders-sql.js';
import { type AccountRow, accountOf, type PaymentPace } from '../../../src/features/payment-systems/index.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { Money } from '../../../src/kernel/money.js';
import { type Sql, statement } from '../../../src/platform/database/sql.js';
import type { Transaction } from '../../../src/platform/database/transaction.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Reactions } from '../../../src/platform/events/reactions.js';
import type { IdempotentRequest } from '../../../src/platform/idempotency/idempotent-request.js';
import { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import type { Plan } from './agreement-model.js';
import { type Asked, answerOf, BARE, EUR, newAgreement, PAYMENT } from './inputs.js';
import type { NewOrder } from './order-model.js';
import { type Call, type Fate, PromptPaymentSystem } from './payment-system.js';

/** All shops begin at this moment of their own time. */
export const BEGIN = Date.parse('2027-01-15T12:00:00Z');

export interface Ids {
  readonly operatorId: string;
  readonly merchantId: string;
  readonly accountId: string;
}

const CHARGES = statement(
  'model_charges',
  `select coalesce(number::text, 'null') || ' ' || amount_minor || ' ' || status || ' '
     || coalesce(gave_up_because, 'null') || ' ' || attempts as charge
   from agreement_charges where operator_id = $1 and agreement_id = $2`,
);
const DUE = statement(
  'model_due',
  `select 'transactions' as "table", operator_id as "operatorId", id, due_at from transactions
   where operator_id = $1 and due_at <= $2
   union all select 'orders', operator_id, id, due_at from orders where operator_id = $1 and due_at <= $2
   order by due_at`,
);
/** Nobody's payment system is to be spared here. */
const AT_ONCE = { reserve: async () => ({ next: async () => {} }) } as unknown as PaymentPace;
const REACTIONS = new Reactions().on(ORDER_STATUS_CHANGED, onOrderStatusChanged);

export interface AgreementFound {
  readonly agreement: AgreementRow;
  readonly charges: readonly string[];
}

/** The product as one merchant of an operator of its own has it, at a time and with a payment system of its own. */
export class Shop {
  now = BEGIN;
  readonly paymentSystem = new PromptPaymentSystem(() => new Date(this.now));
  readonly carriers: Carriers;
  readonly caller: AgreementCaller;
  readonly orders = new Map<string, string>();
  agreementId = '';
  /** How many commands it was given. */
  commands = 0;
  /** The last mutation that was done. */
  last: { readonly request: IdempotentRequest; readonly again: Asked<unknown> } | null = null;
  #account: AccountRow | null = null;
  readonly #failures: unknown[] = [];
  readonly #lanes: OperatorLanes;
  #keys = 0;

  constructor(
    readonly ids: Ids,
    pool: pg.Pool,
  ) {
    const clock = { now: () => new Date(this.now) };
    const units = new UnitsOfWork(undefined as never, pool, clock, REACTIONS);
    const gateways = { gatewayFor: () => this.paymentSystem.gateway } as never;
    this.carriers = { units, gateways, agreements: agreementsOfOrders };
    this.caller = { ...ids, mode: 'TEST', keyId: newUuid() };
    this.#lanes = new OperatorLanes((error) => void this.#failures.push(error));
  }

  get units(): UnitsOfWork {
    return this.carriers.units;
  }

  async create({ number, amount, isHold }: NewOrder, isPaid: boolean) {
    const { merchantId } = this.ids;
    const payment = isPaid ? PAYMENT : null;
    const captureMode = isHold ? ('MANUAL' as const) : ('AUTOMATIC' as const);
    const order = { ...BARE, merchantId, payment, orderNumber: number, amount: Money.of(amount, EUR), captureMode };
    const asked = await this.mutate('createOrder', order, (request) =>
      createOrder(this.carriers, this.caller, order, request),
    );
    if (asked.result) this.orders.set(number, asked.result.order.id);
    return asked;
  }

  async agree(plan: Plan, amount: bigint): Promise<void> {
    const wanted = newAgreement(this.ids.merchantId, plan, amount);
    const request = this.#request('createAgreement', {});
    const { agreement } = await createAgreement(this.carriers, this.caller, wanted, request);
    this.agreementId = agreement.id;
  }

  /** A mutation under a key of its own; what is refused is answered by its code, and anything else is a bug. */
  async mutate<Result>(mutation: string, input: object, carryOut: Asked<Result>) {
    const request = this.#request(mutation, input);
    const asked = await answerOf(carryOut(request));
    if (asked.answered === 'OK') this.last = { request, again: carryOut };
    return asked;
  }

  /** With the next call of this name coming to this. */
  async having<Result>(call: Call, fate: Fate, act: () => Promise<Result>): Promise<Result> {
    if (fate !== 'DONE') this.paymentSystem.next = { call, fate };
    try {
      return await act();
    } finally {
      this.paymentSystem.next = null;
    }
  }

  /** What the clock does: what is unknown is asked for, what has lapsed is seen, and what is due is charged. */
  async tick(first: Fate): Promise<void> {
    this.paymentSystem.letGo();
    await this.#settle();
    if (!this.agreementId) return;
    if (first !== 'DONE') this.paymentSystem.next = { call: 'confirm', fate: first };
    const { carriers } = this;
    const onFailure = (error: unknown) => void this.#failures.push(error);
    const system = finding([{ operatorId: this.ids.operatorId, lagSeconds: 0 }]);
    await runBilling({ carriers, system, lanes: this.#lanes, pace: AT_ONCE, onFailure, meter: METER });
    this.paymentSystem.next = null;
    this.#assertNoFailure();
  }

  /**
   * Every shop has a time of its own, so that what is due is looked for among
   * its own alone; twice, because what was unknown may have lapsed meanwhile.
   */
  async #settle(): Promise<void> {
    const { operatorId } = this.ids;
    for (let looks = 0; looks < 2; looks += 1) {
      const due = await this.units.sql(operatorId, (tx) =>
        tx.query<{ table: string; operatorId: string; id: string }>(DUE, [operatorId, tx.now]),
      );
      if (due.length === 0) return;
      const of = (table: string) => finding(due.filter((each) => each.table === table));
      await reconcileOrders(this.carriers, of('transactions'), this.#lanes);
      await watchDeadlines(this.carriers, of('orders'), this.#lanes);
      this.#assertNoFailure();
    }
  }

  /** An event of the payment system comes in: whether it could be recorded. */
  async hear(kind: 'payment' | 'refund' | 'dispute', externalId: string, paymentId: string): Promise<boolean> {
    this.#account ??= await this.units.sql(this.ids.operatorId, (tx) =>
      accountOf(tx, this.ids.operatorId, this.ids.accountId),
    );
    const account = this.#account;
    const handlers = orderInboxHandlers(this.carriers);
    const heard =
      kind === 'payment'
        ? handlers.payment(account, externalId)
        : kind === 'refund'
          ? handlers.refund(account, externalId, paymentId)
          : handlers.dispute(account, externalId, paymentId);
    return heard.then(
      (outcome) => outcome === 'done',
      () => false,
    );
  }

  file(number: string): Promise<OrderFile> {
    return this.units.sql(this.ids.operatorId, (tx) => lockedFile(tx, this.orders.get(number) ?? ''));
  }

  /** All that it has, of one moment, and what the operator owes it. */
  everything() {
    const { operatorId, merchantId } = this.ids;
    const orderIds = [...this.orders.values()];
    return this.units.sql(operatorId, async (tx) => {
      const [orders, operations, agreement, balances] = await Promise.all([
        tx.query<OrderRow>(ORDERS_BY_ID, [operatorId, orderIds]),
        tx.query<OperationRow>(OPERATIONS_OF_ORDERS, [operatorId, orderIds]),
        this.agreementId ? this.#agreement(tx) : null,
        tx.query<MerchantBalanceRow>(BALANCES_OF_MERCHANTS, [operatorId, [merchantId], 'TEST']),
      ]);
      const files = [...this.orders].map(([number, id]) => ({
        number,
        order: orders.find((each) => each.id === id) as OrderRow,
        operations: operations.filter(({ orderId }) => orderId === id),
      }));
      return { files, agreement, balance: balances.reduce((sum, { amount }) => sum + amount, 0n) };
    });
  }

  agreement(): Promise<AgreementFound> {
    return this.units.sql(this.ids.operatorId, (tx) => this.#agreement(tx));
  }

  /** With its charges as texts that tell all that is compared. */
  async #agreement(tx: Transaction): Promise<AgreementFound> {
    const { operatorId } = this.ids;
    const [agreement, charges] = await Promise.all([
      agreementById(tx, this.agreementId),
      tx.query<{ charge: string }>(CHARGES, [operatorId, this.agreementId]),
    ]);
    return { agreement, charges: charges.map(({ charge }) => charge).toSorted() };
  }

  #request(mutation: string, input: object): IdempotentRequest {
    this.#keys += 1;
    return { owner: `mer:${this.ids.merchantId}:TEST`, key: `key ${this.#keys}`, mutation, input };
  }

  #assertNoFailure(): void {
    const [failure] = this.#failures;
    if (failure) throw failure;
  }
}

/** In place of the look over all operators. */
function finding(rows: readonly object[]): Sql {
  return { query: async () => rows } as unknown as Sql;
}

const METER = billingMeter(new Registry());
