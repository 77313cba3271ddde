import pg from 'pg';
import { Registry } from 'prom-client';
import type { AgreementRow } from '../../../src/features/agreements/agreement-rows.js';
import { insertAgreement } from '../../../src/features/agreements/change-agreement.js';
import {
  agreementsOfOrders,
  type BillingParts,
  billingMeter,
  onOrderStatusChanged,
  runBilling,
} from '../../../src/features/agreements/index.js';
import { chargeAmountColumns, scheduleColumns } from '../../../src/features/agreements/new-agreement.js';
import { forecast } from '../../../src/features/agreements/plan.js';
import { ORDER_STATUS_CHANGED } from '../../../src/features/orders/index.js';
import { PaymentPace } from '../../../src/features/payment-systems/index.js';
import { systemClock } from '../../../src/kernel/clock.js';
import type { Currency } from '../../../src/kernel/currency.js';
import { newUuid } from '../../../src/kernel/ids.js';
import { TRANSACTION_SOURCES } from '../../../src/kernel/transaction-source.js';
import { urlFor } from '../../../src/platform/database/migrate.js';
import { pipelinedPool } from '../../../src/platform/database/pools.js';
import { run, type Sql } from '../../../src/platform/database/sql.js';
import { UnitsOfWork } from '../../../src/platform/database/unit-of-work.js';
import { Reactions } from '../../../src/platform/events/reactions.js';
import type { OperatorLanes } from '../../../src/platform/jobs/operator-lanes.js';
import { TEST_PASSWORDS } from '../../support/test-passwords.js';
import { InstantGateway } from './instant-gateway.js';
import { type Plan, periodsOf } from './virtual-agreements.js';

interface Operator {
  readonly id: string;
  readonly merchantId: string;
  readonly accountId: string;
  readonly payerId: string;
  readonly credentialId: string;
}

/** A charge as the database has it in the end. */
export interface ChargeFound {
  readonly agreementId: string;
  readonly number: number | null;
  readonly status: string;
  readonly amount: bigint;
  readonly plannedAt: Date;
  readonly createdAt: Date;
  readonly attempts: number;
  /** Its orders, and what each has taken. */
  readonly orders: readonly { readonly id: string; readonly captured: string }[];
}

export interface Agreed {
  readonly id: string;
  readonly plan: Plan;
  /** What the product says it will charge. */
  readonly forecast: ReturnType<typeof forecast>;
}

/** A worker of the billing, with a clock of its own that may go wrong. */
export interface Worker {
  aheadMs: number;
  bill(): Promise<number>;
}

const INSERTED_AT_ONCE = 50;
const PLENTY = { TEST: 1e9, LIVE: 1e9 };

/** The product's own wait five seconds of real time for the slowest, and virtual time must not pass meanwhile. */
class PatientLanes implements Pick<OperatorLanes, 'work' | 'isStopping'> {
  readonly isStopping = false;

  async work<Item>(due: readonly Item[], each: (item: Item) => Promise<void>): Promise<number> {
    await Promise.all(due.map(each));
    return due.length;
  }
}

/**
 * The database and the billing of the product, at a time that is told it, with
 * a payment system that answers at once. Nothing goes over HTTP: a simulated
 * year has thousands of charges.
 */
export class VirtualWorld {
  readonly gateway = new InstantGateway();
  readonly failures: unknown[] = [];
  readonly #owner: pg.Pool;
  readonly #pools: pg.Pool[] = [];
  #operators: Operator[] = [];

  constructor(
    private readonly databaseUrl: string,
    /** What the clocks would show if none went wrong. */
    public now: Date,
    /** Later than this no clock is allowed. */
    private readonly end: Date,
  ) {
    this.#owner = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  }

  async open(operators: number): Promise<void> {
    this.#operators = Array.from({ length: operators }, () => ({
      id: newUuid(),
      merchantId: newUuid(),
      accountId: newUuid(),
      payerId: newUuid(),
      credentialId: newUuid(),
    }));
    for (const operator of this.#operators) await this.#insertOperator(operator);
  }

  async close(): Promise<void> {
    await Promise.all([this.#owner, ...this.#pools].map((pool) => pool.end()));
  }

  worker(): Worker {
    const pool = pipelinedPool(urlFor(this.databaseUrl, 'quittance_app', TEST_PASSWORDS.app), 6);
    const systemPool = pipelinedPool(urlFor(this.databaseUrl, 'quittance_system', TEST_PASSWORDS.system), 2);
    this.#pools.push(pool, systemPool);
    const worker: Worker = { aheadMs: 0, bill: () => runBilling(parts) };
    const now = () => new Date(Math.min(this.now.getTime() + worker.aheadMs, this.end.getTime()));
    const reactions = new Reactions().on(ORDER_STATUS_CHANGED, onOrderStatusChanged);
    const units = new UnitsOfWork(undefined as never, pool, { now }, reactions);
    // What is waited for in earnest is counted in real time.
    const paced = new UnitsOfWork(undefined as never, pool, systemClock);
    const system: Sql = { query: (statement, parameters) => run(systemPool, statement, parameters) };
    const onFailure = (error: unknown) => void this.failures.push(error);
    const gateways = { gatewayFor: () => this.gateway.gateway } as never;
    const parts: BillingParts = {
      carriers: { units, gateways, agreements: agreementsOfOrders },
      system,
      lanes: new PatientLanes() as unknown as OperatorLanes,
      pace: new PaymentPace(paced, PLENTY),
      onFailure,
      meter: billingMeter(new Registry()),
    };
    return worker;
  }

  /** In force from now on; answers with the id of each and what the product says it will charge, as far as `until`. */
  async insert(plans: readonly Plan[], until: Date): Promise<readonly Agreed[]> {
    const pool = this.#pools[0] as pg.Pool;
    const units = new UnitsOfWork(undefined as never, pool, { now: () => this.now });
    const agreed = plans.map((plan, index) => {
      const operator = this.#operators[index % this.#operators.length] as Operator;
      const file = { agreement: agreementOf(operator, plan, this.now), charges: [] };
      return { operatorId: operator.id, file, plan };
    });
    for (const [operatorId, own] of Map.groupBy(agreed, (each) => each.operatorId)) {
      for (let begin = 0; begin < own.length; begin += INSERTED_AT_ONCE) {
        const some = own.slice(begin, begin + INSERTED_AT_ONCE);
        await units.sql(operatorId, async (tx) => {
          for (const { file } of some) insertAgreement(tx, file, null);
        });
      }
    }
    return agreed.map(({ file, plan }) => ({
      id: file.agreement.id,
      plan,
      forecast: forecast(file, periodsOf(plan, until).length + 1),
    }));
  }

  /** What a server does by itself in a year, or plans are made for empty tables. */
  async analyze(): Promise<void> {
    await this.#owner.query('analyze agreements, agreement_charges, orders, operations, transactions');
  }

  async statuses(): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.#owner.query<{ id: string; what: string }>(
      `select id, status || ' after ' || payments_made as what from agreements`,
    );
    return new Map(rows.map(({ id, what }) => [id, what]));
  }

  async charges(): Promise<readonly ChargeFound[]> {
    const { rows } = await this.#owner.query<Omit<ChargeFound, 'amount'> & { amount: string }>(`
      select c.agreement_id as "agreementId", c.number, c.status, c.amount_minor as amount, c.planned_at as "plannedAt",
        c.created_at as "createdAt", c.attempts,
        (select json_agg(json_build_object('id', o.id, 'captured', o.captured_minor::text)) from orders o
          where o.operator_id = c.operator_id and o.charge_id = c.id) as orders
      from agreement_charges c order by c.agreement_id, c.number`);
    return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
  }

  async #insertOperator({ id, merchantId, accountId, payerId, credentialId }: Operator): Promise<void> {
    const insert = (table: string, row: Record<string, unknown>) => {
      const places = Object.keys(row).map((_, index) => `$${index + 1}`);
      return this.#owner.query(
        `insert into ${table} (${Object.keys(row).join(', ')}) values (${places.join(', ')})`,
        Object.values(row),
      );
    };
    const at = this.now;
    const mode = 'TEST';
    const own = { operator_id: id, created_at: at };
    const zone = { time_zone: 'UTC' };
    await insert('operators', { id, name: 'x', status: 'ACTIVE', data_key: '', created_at: at, ...zone });
    const rights = { allowed_sources: [...TRANSACTION_SOURCES], retry_policy_days: [1, 3] };
    await insert('merchants', { ...own, id: merchantId, name: 'x', updated_at: at, ...rights, ...zone });
    const keys = { publishable_key: '', secret_key_encrypted: '', secret_key_hint: '', external_account_id: id };
    const account = { kind: 'STRIPE', mode, status: 'ACTIVE', polled: false, verified_at: at };
    await insert('payment_system_accounts', { ...own, id: accountId, ...account, ...keys });
    await insert('payers', { ...own, id: payerId, merchant_id: merchantId, mode, updated_at: at });
    const card = { type: 'CARD', external_id: `pm_${id}`, external_customer_id: `cus_${id}`, status: 'ACTIVE' };
    await insert('stored_credentials', { ...own, id: credentialId, payer_id: payerId, account_id: accountId, ...card });
  }
}

function agreementOf(operator: Operator, { schedule, amount }: Plan, now: Date): AgreementRow {
  const id = newUuid();
  const { merchantId, accountId, payerId, credentialId } = operator;
  return {
    id,
    merchantId,
    mode: 'TEST',
    accountId,
    payerId,
    credentialId,
    reference: id,
    type: 'RECURRING',
    status: 'ACTIVE',
    suspendedBecause: null,
    currency: 'USD' as Currency,
    amountVariability: 'VARIABLE',
    startDate: null,
    expiryDate: null,
    minimum: null,
    maximum: null,
    minimumDays: null,
    numberOfPayments: null,
    frequency: null,
    retailer: null,
    metadata: {},
    ...chargeAmountColumns(amount),
    ...scheduleColumns(schedule),
    timeZone: schedule.timeZone,
    baseNumber: 1,
    baseIndex: 0,
    nextNumber: 1,
    nextChargeAt: null,
    topUpThreshold: null,
    topUpAmount: null,
    isBelow: false,
    paymentsMade: 0,
    lastPaymentOn: null,
    firstCitAt: now,
    firstCitReference: null,
    pendingUntil: null,
    noticedNumber: null,
    expiryNoticedNumber: null,
    dueAt: null,
    createdAt: now,
    updatedAt: now,
  };
}
