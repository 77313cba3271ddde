import { describe, expect, it } from '@jest/globals';
import { endsAfterRotation } from '../../src/features/tenancy/domain/signing-secret-ends.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const inHours = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const CURRENT = { id: 'current', expiresAt: null };

describe('what stays of the secrets when another becomes the current one', () => {
  it.each([
    ['nothing, when there was none', [], 24, []],
    ['the one before, until the end of the overlap', [CURRENT], 24, [['current', 24]]],
    ['nothing, when there is no overlap', [CURRENT, { id: 'b', expiresAt: inHours(3) }], 0, []],
    [
      'the one before it, with an end of its own',
      [CURRENT, { id: 'b', expiresAt: inHours(3) }],
      24,
      [
        ['current', 24],
        ['b', 3],
      ],
    ],
    [
      'none beyond the end that is asked for now',
      [CURRENT, { id: 'b', expiresAt: inHours(20) }],
      1,
      [
        ['current', 1],
        ['b', 1],
      ],
    ],
    [
      'two at most, the newest',
      [CURRENT, { id: 'b', expiresAt: inHours(20) }, { id: 'c', expiresAt: inHours(10) }],
      24,
      [
        ['current', 24],
        ['b', 20],
      ],
    ],
    ['none that has ended', [CURRENT, { id: 'b', expiresAt: NOW }], 24, [['current', 24]]],
  ] as const)('%s', (_, secrets, overlapHours, expected) => {
    const kept = endsAfterRotation(secrets, inHours(overlapHours), NOW);
    expect(kept).toEqual(expected.map(([id, hours]) => ({ id, expiresAt: inHours(hours) })));
  });
});
