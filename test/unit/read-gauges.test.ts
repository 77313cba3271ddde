import { expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { readGauges } from '../../src/platform/metrics/read-gauges.js';

const FIGURES = [
  { name: 'one', help: 'One.', of: (found: number) => found },
  { name: 'double', help: 'Its double.', of: (found: number) => 2 * found },
];

it('reads once for all figures, and again not before a while has passed', async () => {
  const registry = new Registry();
  let reads = 0;
  readGauges(registry, async () => (reads += 1), FIGURES);
  const texts = await Promise.all([registry.metrics(), registry.metrics()]);
  for (const text of [...texts, await registry.metrics()]) {
    expect(text).toMatch(/^one 1$/m);
    expect(text).toMatch(/^double 2$/m);
  }
  expect(reads).toBe(1);
});

it.each([
  ['fails', () => Promise.reject(new Error('the database is down'))],
  ['does not end', () => new Promise<number>(() => {})],
])('leaves them out, and no others, where reading %s', async (_, read) => {
  const registry = new Registry();
  readGauges(registry, read, FIGURES);
  readGauges(registry, async () => 3, [{ name: 'other', help: 'Another.', of: (found) => found }]);
  const text = await registry.metrics();
  expect(text).toMatch(/^other 3$/m);
  expect(text).not.toMatch(/^(?:one|double) /m);
});
