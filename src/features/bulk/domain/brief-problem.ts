import type { InputIssue } from '../../../kernel/errors.js';

/** What a problem says of a row: all of it in words, and each fault by itself. */
interface Told {
  readonly message: string;
  readonly issues: readonly InputIssue[];
}

/** Nobody reads more; and a file of rows with faults everywhere would be stored a hundred times over. */
const ISSUES_MAX = 20;
const ISSUE_CHARS_MAX = 300;
const NAME_CHARS_MAX = 100;
/** In words, which stand beside the faults: the first of them say enough. */
const WORDS_MAX = 1_000;

/** The same problem in a few kilobytes at most, whatever the row. */
export function brief<Problem extends Told>(problem: Problem): Problem {
  const { message, issues } = problem;
  const told = issues.slice(0, ISSUES_MAX).map((issue) => ({
    path: issue.path.map((name) => cut(name, NAME_CHARS_MAX)),
    message: cut(issue.message, ISSUE_CHARS_MAX),
  }));
  const untold = issues.length - told.length;
  const rest = untold > 0 ? [{ path: [], message: `and ${untold} more` }] : [];
  return { ...problem, message: cut(message, WORDS_MAX), issues: [...told, ...rest] };
}

function cut(text: string, charsMax: number): string {
  return text.length > charsMax ? `${text.slice(0, charsMax).toWellFormed()}…` : text;
}
