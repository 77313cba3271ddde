import { fromCore } from './from-jest.mjs';

const { default: Sequencer } = fromCore('@jest/test-sequencer');

/** The files that take eight seconds and more, the longest first. */
const LONGEST = [
  'start/start',
  'reliability/orders/faults',
  'browser/hosted-page',
  'reliability/incidents/payments',
  'reliability/prove/virtual-time',
  'platform/plans',
  'platform/events',
  'reliability/orders/races',
  'reliability/bulk/bulk-crash',
  'api/exports/exports',
  'api/notifications/by-period',
  'reliability/orders/webhooks',
  'reliability/notifications/races',
  'reliability/orders/pages',
  'reliability/invoices/year',
  'api/invoices/charging',
  'api/bulk/rows-control',
  'api/checkout/page-trouble',
  'api/agreements/billing-run-trouble',
  'reliability/agreements/races',
  'reliability/invoices/races',
  'api/invoices/dunning',
  'reliability/orders/mixture',
  'api/agreements/dunning',
  'api/agreements/updates',
  'api/live/order-status-changed',
  'browser/explorer',
  'guides/guides',
  'platform/jobs',
  'reliability/orders/crash',
  'reliability/invoices/crash',
  'api/bulk/rows',
  'api/bad-input/card-numbers',
  'reliability/notifications/crash',
  'api/notifications/delivery',
  'api/agreements/late-news',
  'api/agreements/card-data',
];

function rankOf({ path }) {
  const rank = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return rank === -1 ? LONGEST.length : rank;
}

/**
 * With two workers, a long file that is begun last is waited for by one alone.
 * Jest begins with what took longest the last time, but in a clean checkout it
 * knows of no last time and goes by size.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isKnown = sorted.some(({ duration }) => duration !== undefined);
    return isKnown ? sorted : sorted.toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
