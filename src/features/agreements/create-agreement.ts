import { later } from '../../kernel/clock.js';
import { invalidInput } from '../../kernel/errors.js';
import { Money, parseDecimal } from '../../kernel/money.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import {
  type Carriers,
  createOrder,
  type GivenTerms,
  type JoinAgreement,
  type OrderFile,
  type OrderRow,
} from '../orders/index.js';
import { assertAmountsAccepted } from './accepted-amounts.js';
import { type AgreementCaller, agreementById, explained } from './agreement-once.js';
import { type AgreementPlan, Faults } from './agreement-plan.js';
import type { AgreementFile, AgreementRow } from './agreement-rows.js';
import { MERCHANT_FOR_AGREEMENT } from './agreements-sql.js';
import { insertAgreement } from './change-agreement.js';
import { type NewAgreement, newAgreement } from './new-agreement.js';
import { type MerchantForCharge, newCharge } from './open-attempt.js';
import { amountOfNumber } from './plan.js';

/** The payer's first transaction is closed at its order's end; the agreement waits a little longer, to see it closed. */
const AFTER_ORDER_MS = 60 * 60 * 1000;
const UNPAID_LIFE_MS = 24 * 60 * 60 * 1000;

/**
 * Makes an agreement together with its payer's first transaction: a payment of
 * `firstAmount`, the first part of an instalment plan, or a check that takes no
 * money. Without `payment` the order waits for the payer on the payment page.
 */
export async function createAgreement(
  carriers: Carriers,
  caller: AgreementCaller,
  wanted: NewAgreement,
  idempotency: IdempotentRequest,
): Promise<{ readonly agreement: AgreementRow; readonly file: OrderFile }> {
  const { merchantId, mode, accountId, payer, payment, returnUrl, given } = wanted;
  const faults = new Faults(wanted.currency);
  const amount = firstAmountOf(wanted, faults);
  const plan = { ...wanted, alsoWrong: (all: Faults) => all.addAll([], faults.issues) };
  const orderNumber = wanted.firstOrderNumber ?? `${given.terms.reference ?? 'agreement'}-first`;
  const file = await createOrder(
    carriers,
    caller,
    {
      merchantId,
      mode,
      accountId,
      orderNumber,
      amount,
      captureMode: 'AUTOMATIC',
      description: null,
      saveCredential: true,
      payer,
      payment,
      returnUrl,
      callbackUrl: null,
      expiresAt: null,
      metadata: given.metadata,
      agreement: joinNew(plan, caller.keyId, wanted.firstOrderNumber === null && given.terms.reference === null),
    },
    idempotency,
  ).catch(explained);
  const agreementId = file.order.agreementId ?? '';
  const agreement = await carriers.units.sql(caller.operatorId, (transaction) =>
    agreementById(transaction, agreementId),
  );
  return { agreement, file };
}

/** What `createOrder` and `payOrder` do with terms: the order's payment is the agreement's first. */
export function joinAgreement(given: GivenTerms, by: { readonly keyId: string }): JoinAgreement {
  return (transaction, order) => {
    const plan = {
      given,
      termsPath: 'agreement',
      currency: order.currency,
      chargeAmount: null,
      schedule: null,
      installments: null,
      topUp: null,
    };
    return joinNew(plan, by.keyId, false)(transaction, order);
  };
}

function joinNew(plan: AgreementPlan, by: string, numberAfterIt: boolean): JoinAgreement {
  return async (transaction, order) => {
    const { merchantId, mode, accountId, payerId } = order;
    if (!payerId) {
      throw invalidInput([{ path: ['payer'], message: 'is needed: an agreement is with a payer' }]);
    }
    const zone = await zoneOf(transaction, merchantId);
    const agreement = newAgreement(plan, { merchantId, mode, accountId, payerId }, zone, transaction.now);
    await assertAmountsAccepted(transaction, agreement);
    const orderEnds = order.expiresAt ?? later(transaction.now, UNPAID_LIFE_MS);
    agreement.pendingUntil = later(orderEnds, AFTER_ORDER_MS);
    if (numberAfterIt) order.orderNumber = `${agreement.reference}-first`;
    const file: AgreementFile = { agreement, charges: [] };
    if (plan.installments?.firstPartNow) payFirstPart(file, order, transaction.now);
    insertAgreement(transaction, file, by);
    return agreement.id;
  };
}

/** Part 1 is what the payer pays now; the schedule begins with part 2. */
function payFirstPart(file: AgreementFile, order: OrderRow, now: Date): void {
  const amount = amountOfNumber(file.agreement, 1) ?? order.amount;
  const charge = newCharge(file, { kind: 'FIRST_PART', number: 1, amount, plannedAt: now }, now);
  Object.assign(charge, { attempts: 1, lastAttemptAt: now, liveOrderId: order.id, lastOrderId: order.id });
  Object.assign(file.agreement, { baseNumber: 2, baseIndex: 0 });
  order.chargeId = charge.id;
}

/** Nothing where it cannot be read: what is wrong with it is told with all that is wrong with the plan. */
function firstAmountOf({ firstAmount, installments, currency }: NewAgreement, faults: Faults): Money {
  const none = Money.of(0n, currency);
  if (installments?.firstPartNow) {
    if (firstAmount !== null)
      faults.add(['firstAmount'], 'is not given with installments.firstPartNow: the first part is it');
    const total = parseDecimal(installments.total, currency);
    if (typeof total === 'string' || total.minor < BigInt(installments.parts)) return none;
    return total.allocate(Array.from({ length: installments.parts }, () => 1n))[0] ?? none;
  }
  const amount = faults.amount(['firstAmount'], firstAmount);
  if (!amount) return none;
  if (amount.minor > 0n) return amount;
  faults.add(
    ['firstAmount'],
    `must be more than 0, not ${amount}; leave it out to check the means of payment without taking money`,
  );
  return none;
}

export async function zoneOf(transaction: Transaction, merchantId: string): Promise<string> {
  const key = [transaction.operatorId, merchantId];
  const [merchant] = await transaction.query<MerchantForCharge>(MERCHANT_FOR_AGREEMENT, key);
  return merchant?.timeZone ?? 'UTC';
}
