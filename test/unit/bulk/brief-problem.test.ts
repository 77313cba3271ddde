import { describe, expect, it } from '@jest/globals';
import { problemOf } from '../../../src/features/bulk/run-row.js';
import { invalidInput } from '../../../src/kernel/errors.js';

describe('a problem of a row that was found when it ran', () => {
  it('is told as it is where it is short', () => {
    const problem = problemOf(invalidInput([{ path: ['terms', 'type'], message: 'is needed' }]));
    expect(problem).toEqual({
      code: 'INVALID_INPUT',
      message: 'terms.type: is needed',
      retryable: false,
      issues: [{ path: ['terms.type'], message: 'is needed' }],
    });
  });

  it('is cut where it is of every column, and says how many more there are', () => {
    const faults = Array.from({ length: 150 }, () => ({ path: ['x'.repeat(9_000)], message: 'y'.repeat(9_000) }));
    const problem = problemOf(invalidInput(faults));
    expect(problem.issues).toHaveLength(21);
    expect(problem.issues.at(-1)).toEqual({ path: [], message: 'and 130 more' });
    expect(JSON.stringify(problem).length).toBeLessThan(10_000);
  });
});
