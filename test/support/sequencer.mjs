import { fromCore } from './from-jest.mjs';

const { default: Sequencer } = fromCore('@jest/test-sequencer');

/** The files that take seven seconds and more, the longest first. */
const LONGEST = [
  'start/start',
  'reliability/orders/faults',
  'browser/hosted-page',
  'api/exports/exports',
  'reliability/orders/races',
  'platform/events',
  'reliability/prove/virtual-time',
  'reliability/bulk/bulk-crash',
  'reliability/notifications/races',
  'reliability/prove/sockets',
  'reliability/prove/secrets',
  'reliability/prove/races',
  'reliability/prove/model',
  'reliability/prove/load',
  'reliability/prove/failover',
  'reliability/prove/egress',
  'reliability/prove/crash',
  'reliability/prove/callbacks',
  'api/notifications/delivery',
  'api/agreements/billing-run-trouble',
  'platform/plans',
  'guides/guides',
  'api/bad-input/card-numbers',
  'api/exports/bulk-results',
  'platform/egress-addresses',
  'api/checkout/page-trouble',
  'api/invoices/credit-notes',
  'api/agreements/dunning',
  'reliability/orders/webhooks',
  'reliability/orders/mixture',
  'api/live/order-status-changed',
  'platform/ledger-plans',
  'reliability/incidents/webhooks-and-events',
  'reliability/incidents/schedules',
  'reliability/incidents/refunds-and-reconciling',
  'reliability/incidents/payments',
  'reliability/incidents/notifications-and-egress',
  'reliability/incidents/live',
  'reliability/incidents/jobs',
  'reliability/incidents/agreements-and-invoices',
  'reliability/agreements/races',
  'reliability/orders/pages',
  'platform/jobs',
  'api/agreements/card-data',
  'browser/explorer',
  'api/agreements/billing-run',
  'api/bad-input/ids',
  'api/agreements/updates',
  'api/agreements/late-news',
  'reliability/orders/crash',
  'reliability/invoices/year',
  'unit/invoices/pdf',
  'platform/egress-receivers',
  'api/invoices/charging',
  'reliability/notifications/crash',
];

function rankOf({ path }) {
  const rank = LONGEST.findIndex((name) => path.endsWith(`/test/${name}.test.ts`));
  return rank === -1 ? LONGEST.length : rank;
}

/**
 * With a few workers, a long file that is begun last is waited for by one alone.
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
