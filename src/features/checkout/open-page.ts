import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '../../kernel/errors.js';
import { type Carriers, type OpenedPage, openPaymentPage, type PageWanted } from '../orders/index.js';

/** Together somewhat longer than a payment system usually takes to open a page. */
const WAITS_MS = [100, 200, 300, 400, 500, 750, 1000, 1500] as const;

/**
 * The payment system's page for an order. Who presses the button twice is
 * shown the answer to the second time, so that waits for what the first began.
 */
export async function openPage(carriers: Carriers, wanted: PageWanted): Promise<OpenedPage> {
  for (const waitMs of WAITS_MS) {
    const opened = await unlessPending(openPaymentPage(carriers, wanted));
    const isUnderWay = opened === null || (opened.url === null && opened.file.order.status === 'PROCESSING');
    if (opened && !isUnderWay) return opened;
    await pause(waitMs);
  }
  return openPaymentPage(carriers, wanted);
}

function unlessPending(opened: Promise<OpenedPage>): Promise<OpenedPage | null> {
  return opened.catch((error: unknown) => {
    if (error instanceof DomainError && error.code === 'OUTCOME_PENDING') return null;
    throw error;
  });
}
