import { later } from '../../kernel/clock.js';
import { DomainError, invalidInput } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
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
import { accountFor } from '../payment-systems/index.js';
import { assertAmountsAccepted, named } from './accepted-amounts.js';
import { type AgreementCaller, agreementById, explained, isRepetition } from './agreement-once.js';
import { type AgreementPlan, Faults } from './agreement-plan.js';
import type { AgreementFile, AgreementRow } from './agreement-rows.js';
import { insertAgreement } from './change-agreement.js';
import { chargingMerchant } from './charging-merchant.js';
import { splitInParts } from './domain/installments.js';
import { type NewAgreement, newAgreement, referenceOf } from './new-agreement.js';
import { newCharge } from './open-attempt.js';
import { firstNumber } from './order-numbers.js';
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
  const id = newUuid();
  const plan = { ...wanted, id, alsoWrong: (all: Faults) => all.addAll([], faults.issues) };
  const orderNumber = wanted.firstOrderNumber ?? firstNumber({ reference: referenceOf(wanted, id) });
  if (payment && 'card' in payment.credential) await assertPossible(carriers, caller, plan, idempotency);
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
      agreement: joinNew(plan, caller.keyId),
    },
    idempotency,
  ).catch((error) => explained(ofFirstOrder(error, wanted, orderNumber)));
  const agreementId = file.order.agreementId ?? '';
  const agreement = await carriers.units.sql(caller.operatorId, (transaction) =>
    agreementById(transaction, agreementId),
  );
  return { agreement, file };
}

/** Card data leaves only for a plan that can be made. A repetition is answered as before, whatever its plan is worth by now. */
async function assertPossible(
  { units }: Carriers,
  { operatorId }: AgreementCaller,
  plan: NewAgreement,
  idempotency: IdempotentRequest,
): Promise<void> {
  await units.sql(operatorId, async (transaction) => {
    if (await isRepetition(transaction, idempotency)) return;
    const { merchantId, mode, accountId: wantedAccountId } = plan;
    const { timeZone, defaultAccountId } = await chargingMerchant(transaction, merchantId);
    const choice = { operatorId, mode, wantedAccountId, merchantDefaultId: defaultAccountId };
    const account = await accountFor(transaction, choice);
    const owner = { merchantId, mode, accountId: account.id, payerId: '' };
    await assertPlanAccepted(transaction, plan, newAgreement(plan, owner, timeZone, transaction.now));
  });
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
    return joinNew(plan, by.keyId)(transaction, order);
  };
}

function joinNew(plan: AgreementPlan, by: string): JoinAgreement {
  return async (transaction, order) => {
    const { merchantId, mode, accountId, payerId } = order;
    if (!payerId) {
      throw invalidInput([{ path: ['payer'], message: 'is needed: an agreement is with a payer' }]);
    }
    const { timeZone } = await chargingMerchant(transaction, merchantId);
    const agreement = newAgreement(plan, { merchantId, mode, accountId, payerId }, timeZone, transaction.now);
    await assertPlanAccepted(transaction, plan, agreement);
    const orderEnds = order.expiresAt ?? later(transaction.now, UNPAID_LIFE_MS);
    agreement.pendingUntil = later(orderEnds, AFTER_ORDER_MS);
    const file: AgreementFile = { agreement, charges: [] };
    if (plan.installments?.firstPartNow) payFirstPart(file, order, transaction.now);
    insertAgreement(transaction, file, by);
    return agreement.id;
  };
}

function assertPlanAccepted(transaction: Transaction, plan: AgreementPlan, agreement: AgreementRow): Promise<void> {
  return assertAmountsAccepted(transaction, agreement, plan.installments ? ['installments', 'total'] : null);
}

/** What is wrong with the order of the first transaction, by the names that it has in the agreement's input. */
function ofFirstOrder(error: unknown, { firstOrderNumber, installments }: NewAgreement, orderNumber: string): unknown {
  if (!(error instanceof DomainError)) return error;
  if (error.code === 'DUPLICATE_ORDER_NUMBER') {
    const made = firstOrderNumber === null ? ', made of terms.reference,' : '';
    return new DomainError(
      error.code,
      `firstOrderNumber: "${orderNumber}"${made} belongs to an order that is live or paid; give another one`,
    );
  }
  const isOfAmount = error.code === 'INVALID_INPUT' && error.issues.every(({ path }) => path.join() === 'amount');
  return isOfAmount ? named(error, installments?.firstPartNow ? ['installments', 'total'] : ['firstAmount']) : error;
}

/** Part 1 is what the payer pays now. */
function payFirstPart(file: AgreementFile, order: OrderRow, now: Date): void {
  const amount = amountOfNumber(file.agreement, 1) ?? order.amount;
  const charge = newCharge(file, { kind: 'FIRST_PART', number: 1, amount, plannedAt: now }, now);
  Object.assign(charge, { attempts: 1, lastAttemptAt: now, liveOrderId: order.id, lastOrderId: order.id });
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
    return splitInParts(total, installments.parts)[0] ?? none;
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
