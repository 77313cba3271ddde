import { fromCore } from './from-jest.mjs';

const { default: Sequencer } = fromCore('@jest/test-sequencer');

/** The files that take ten seconds and more, the longest first. */
const LONGEST = [
  'reliability/orders/faults',
  'start/start',
  'reliability/orders/pages',
  'reliability/agreements/virtual-time',
  'browser/explorer',
  'reliability/orders/incidents',
  'reliability/orders/races',
  'platform/plans',
  'platform/events',
  'reliability/orders/crash',
  'reliability/orders/mixture',
  'api/live/order-status-changed',
  'api/agreements/billing-run-trouble',
  'api/bad-input/card-numbers',
  'reliability/orders/webhooks',
  'reliability/agreements/races',
  'platform/jobs',
  'guides/guides',
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
