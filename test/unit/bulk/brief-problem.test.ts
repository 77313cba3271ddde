import { describe, expect, it } from '@jest/globals';
import { brief } from '../../../src/features/bulk/domain/brief-problem.js';
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

  it('keeps as much as is said of each part, and cuts what is longer by one', () => {
    const told = (message: string, name: string, fault: string) =>
      brief({ message, issues: [{ path: [name], message: fault }] });
    const [message, name, fault] = ['m'.repeat(1_000), 'n'.repeat(100), 'f'.repeat(300)];
    expect(told(message, name, fault)).toEqual({ message, issues: [{ path: [name], message: fault }] });
    expect(told(`${message}!`, `${name}!`, `${fault}!`)).toEqual({
      message: `${message}…`,
      issues: [{ path: [`${name}…`], message: `${fault}…` }],
    });
    const issues = Array.from({ length: 20 }, (_, index) => ({ path: [], message: String(index) }));
    expect(brief({ message, issues }).issues).toEqual(issues);
  });

  it('is cut where it is of every column, and says how many more there are', () => {
    const faults = Array.from({ length: 150 }, () => ({ path: ['x'.repeat(9_000)], message: 'y'.repeat(9_000) }));
    const problem = problemOf(invalidInput(faults));
    expect(problem.issues).toHaveLength(21);
    expect(problem.issues.at(-1)).toEqual({ path: [], message: 'and 130 more' });
    expect(JSON.stringify(problem).length).toBeLessThan(10_000);
  });
});
