import { later } from '../../kernel/clock.js';
import { DomainError, notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { payerById } from '../payers/index.js';
import { type AccountRow, assertAmountAccepted, heldAccountOf } from '../payment-systems/index.js';
import { assertNothingInFlight } from './caller.js';
import { type Carriers, carrierFor } from './carrier.js';
import { carryOutPayment } from './carry-out-payment.js';
import { changeOrder } from './change-order.js';
import type { Language } from './domain/language.js';
import { makeRoom } from './make-room.js';
import type { MerchantForOrder } from './new-order.js';
import { openPagePayment } from './open-payment.js';
import { isByPage, money, type OrderFile, type OrderRow, type PageRequest, paymentOf } from './order-rows.js';
import { MERCHANT_FOR_ORDER, OPERATOR_SUSPENDED } from './orders-sql.js';
import { assertPayable } from './pay-order.js';
import type { LinkedOrder } from './payment-page-link.js';

export interface PageWanted extends LinkedOrder {
  /** The payment system that the payer has chosen; null takes the order's own. */
  readonly accountId: string | null;
  readonly language: Language;
  /** What the payer reads as the name of what is paid. */
  readonly title: string;
  readonly returnUrl: string;
  readonly cancelUrl: string;
  /** What the payer agrees to with the payment, as it was shown to them; null where nothing is charged later. */
  readonly consent: string | null;
}

export interface OpenedPage {
  readonly file: OrderFile;
  /** Where the payer goes now; null where there is nothing to pay any more, as the order's status tells. */
  readonly url: string | null;
}

/** A payment system keeps a page open for half an hour at least and for a day at most; its clock and ours may differ. */
const PAGE_LIFE_MIN_MS = 35 * 60 * 1000;
const PAGE_LIFE_MAX_MS = 23.5 * 60 * 60 * 1000;

/** Whoever has the link can open pages: more attempts than this nobody needs, and each makes every look at the order dearer. */
const ATTEMPTS_MAX = 20;

/** A page that ends within this time is not given to a payer any more. */
const NEARLY_OVER_MS = 60 * 1000;

/**
 * Opens the page of a payment system on which the payer pays an order, or
 * finds the one that is open. Whatever else waits for the payer is closed
 * before, and seen closed.
 */
export async function openPaymentPage(carriers: Carriers, wanted: PageWanted): Promise<OpenedPage> {
  const { operatorId } = wanted;
  const found = await makeRoom(carriers, wanted, (file) => !leadsOn(file, wanted, carriers.units.clock.now()));
  if (found.order.status !== 'CREATED') return { file: found, url: urlOf(found) };
  const { file, result } = await carriers.units.sql(operatorId, (transaction) => claim(transaction, carriers, wanted));
  const opened = await carryOutPayment(await carrierFor(carriers, operatorId, result.id, result), file);
  return { file: opened, url: urlOf(opened) };
}

/** What is open is what was asked for, or the payer is in the middle of proving who they are. */
function leadsOn(file: OrderFile, { accountId }: PageWanted, now: Date): boolean {
  const page = paymentOf(file)?.request.page;
  if (urlOf(file) === null) return false;
  if (!page) return true;
  const isChosen = accountId === null || accountId === file.order.accountId;
  return isChosen && later(now, NEARLY_OVER_MS) < new Date(page.expiresAt);
}

function urlOf(file: OrderFile): string | null {
  return file.order.status === 'REQUIRES_ACTION' ? (paymentOf(file)?.nextAction?.redirectUrl ?? null) : null;
}

async function claim(transaction: Transaction, { agreements }: Carriers, wanted: PageWanted) {
  const { operatorId, now } = transaction;
  await assertInBusiness(transaction);
  return changeOrder(transaction, wanted.orderId, async (file): Promise<AccountRow> => {
    const { order } = file;
    assertNothingInFlight(file);
    assertPayable(order, now);
    assertNotTooOften(file);
    const account = await chosenAccount(transaction, order, wanted.accountId);
    // An order of no money checks a means of payment; there is no least amount for that.
    if (order.amount > 0n) assertAmountAccepted(account, money(order, order.amount));
    order.accountId = account.id;
    const [[merchant], payer] = await Promise.all([
      transaction.query<MerchantForOrder>(MERCHANT_FOR_ORDER, [operatorId, order.merchantId]),
      order.payerId ? payerById(transaction, order.payerId) : null,
    ]);
    await openPagePayment(transaction, file, {
      page: pageOf(order, wanted, transaction),
      payerEmail: payer?.email ?? null,
      allowedSources: merchant?.allowedSources ?? [],
      agreements,
    });
    return account;
  });
}

async function assertInBusiness(transaction: Transaction): Promise<void> {
  const [operator] = await transaction.query<{ suspended: boolean }>(OPERATOR_SUSPENDED, [transaction.operatorId]);
  if (operator?.suspended === false) return;
  throw new DomainError('OPERATOR_SUSPENDED', 'the operator is suspended: no payments are taken for it');
}

async function chosenAccount(transaction: Transaction, order: OrderRow, chosenId: string | null): Promise<AccountRow> {
  const isOwn = chosenId === null || chosenId === order.accountId;
  if (!isOwn && (order.accountFixed || order.agreementId)) throw notFound('payment system account');
  const account = await heldAccountOf(transaction, transaction.operatorId, chosenId ?? order.accountId);
  if (account.mode !== order.mode) throw notFound('payment system account');
  if (account.status === 'ACTIVE') return account;
  throw new DomainError('PAYMENT_SYSTEM_UNAVAILABLE', 'the payment system is not connected at the moment', [], false);
}

/** Only a new order helps: its payer is told so, and it is nobody's fault. */
export class OpenedTooOften extends DomainError {}

function assertNotTooOften({ order, operations }: OrderFile): void {
  if (operations.filter(isByPage).length < ATTEMPTS_MAX) return;
  throw new OpenedTooOften(
    'ILLEGAL_TRANSITION',
    `order ${order.orderNumber} was opened on ${ATTEMPTS_MAX} pages, and no more are opened; ask the shop for a new order`,
  );
}

/**
 * What the page is opened with, frozen, its end included: by the real clock,
 * which the payment system goes by whatever a test has made of ours.
 */
function pageOf({ expiresAt }: OrderRow, wanted: PageWanted, { now, realNow }: Transaction): PageRequest {
  const { language, title, returnUrl, cancelUrl, consent } = wanted;
  const leftMs = expiresAt ? expiresAt.getTime() - now.getTime() : PAGE_LIFE_MAX_MS;
  const lifeMs = Math.min(Math.max(leftMs, PAGE_LIFE_MIN_MS), PAGE_LIFE_MAX_MS);
  return { language, title, returnUrl, cancelUrl, consent, expiresAt: later(realNow, lifeMs).toISOString() };
}
