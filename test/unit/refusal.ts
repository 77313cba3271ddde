import { DomainError } from '../../src/kernel/errors.js';

/** What was refused, to be looked at; fails where nothing was, or by a fault of the program. */
export function refusalOf(work: () => unknown): DomainError {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
