import type { Answer, NewPaymentPage, PageSnapshot } from '../payment-systems/index.js';
import type { Carrier } from './carrier.js';
import type { IntentSnapshot, Intents, PageIntent } from './intent.js';
import { initiationOf, partsOf, referenceOf, searchOf } from './intent-parts.js';
import { money, type OrderFile } from './order-rows.js';

/**
 * A payment that its payer makes on a page of the payment system. The page is
 * made open, and what is paid on it comes into being when the payer first
 * tries; so it is the page that is looked at, until it has ended.
 */
export function pageIntents(carrier: Carrier, file: OrderFile): Intents {
  const { gateway } = carrier;
  const pageId = () => {
    const { pageExternalId } = partsOf(file).transaction;
    if (!pageExternalId) throw new Error(`the page of order ${file.order.id} is not known yet`);
    return pageExternalId;
  };
  return {
    prepare: async (externalCustomerId, key) =>
      seen(await gateway.openPage(newPage(carrier, file, externalCustomerId), key)),
    confirm: async () => {
      throw new Error(`order ${file.order.id} is paid on a page: only its payer confirms`);
    },
    retrieve: async () => seen(await gateway.retrievePage(pageId())),
    find: async () => {
      const found = await gateway.findPage(searchOf(carrier, file));
      return found.kind === 'done' && found.value === null
        ? { kind: 'done', value: null }
        : seen(found as Answer<PageSnapshot>);
    },
    close: async (_externalId, key) => seen(await gateway.closePage(pageId(), key)),
  };
}

function newPage(carrier: Carrier, file: OrderFile, externalCustomerId: string | null): NewPaymentPage {
  const { order } = file;
  const { request } = partsOf(file);
  const { page } = request;
  if (!page) throw new Error(`order ${order.id} is not paid on a page`);
  return {
    reference: referenceOf(carrier, file),
    amount: money(order, order.amount),
    captureMode: order.captureMode,
    externalCustomerId,
    initiation: initiationOf(file),
    title: page.title,
    description: order.description,
    receiptEmail: request.receiptEmail ?? null,
    consent: page.consent,
    language: page.language,
    returnUrl: page.returnUrl,
    cancelUrl: page.cancelUrl,
    expiresAt: new Date(page.expiresAt),
  };
}

function seen(answer: Answer<PageSnapshot>): Answer<IntentSnapshot> {
  if (answer.kind === 'done') return { kind: 'done', value: whatIsPaidOn(answer.value) };
  return answer.kind === 'declined' ? { ...answer, value: null } : answer;
}

/** Money that moves speaks for itself, whatever the page says; else the page does. */
export function whatIsPaidOn(page: PageSnapshot): IntentSnapshot {
  const { intent } = page;
  const ended = page.state === 'COMPLETE';
  const moves = intent && ['PROCESSING', 'HELD', 'CAPTURED', 'VERIFIED'].includes(intent.state);
  if (intent && (moves || ended)) return { ...intent, pageExternalId: page.externalId };
  const blank: PageIntent = {
    pageExternalId: page.externalId,
    externalId: intent?.externalId ?? null,
    state: page.state === 'OPEN' ? 'NEEDS_ACTION' : 'CANCELED',
    canceledBecause: page.state === 'OPEN' ? null : 'EXPIRED',
    nextAction: page.url ? { redirectUrl: page.url, clientSecret: null } : null,
    failure: intent?.failure ?? null,
    credential: null,
    externalCustomerId: null,
    reference: page.reference,
  };
  return blank;
}
