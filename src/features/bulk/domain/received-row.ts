import { containsKey, KEY_REFUSAL } from '../../../kernel/key-texts.js';
import { brief } from './brief-problem.js';
import { cardPlaces, mayBeSplitCard } from './card-places.js';
import type { FileLayout } from './file-layout.js';
import { plainReference } from './plain-reference.js';

/** A row as it came out of the file. */
export interface RowOfFile {
  readonly line: number;
  /** None where one of them is too long to be kept. */
  readonly cells: readonly string[];
  /** As they were sent: to be judged, and not kept. */
  readonly asSent: readonly string[];
  readonly faults: readonly { readonly column: string | null; readonly message: string }[];
}

/** A row as it is stored: to be carried out, or refused before anything of it is kept that must not be. */
export interface ReceivedRow {
  readonly line: number;
  readonly cells: readonly string[] | null;
  readonly reference: string | null;
  readonly problem: {
    readonly code: 'CARD_DATA_NOT_ALLOWED' | 'INVALID_INPUT';
    readonly message: string;
    readonly retryable: false;
    readonly issues: readonly { readonly path: readonly string[]; readonly message: string }[];
  } | null;
}

type RowRefusal = NonNullable<ReceivedRow['problem']>;

/** No reference of any kind is longer; what is looked up by it has an index. */
const REFERENCE_MAX = 255;

/** A row to be stored. `names` are all columns of the file, those that are not read included. */
export function receivedRow(layout: FileLayout, names: readonly string[], row: RowOfFile): ReceivedRow {
  const { line, cells, asSent, faults } = row;
  const cards = cardPlaces(asSent);
  const reference = referenceOf(layout, cells);
  const keys = keyPlaces(asSent);
  if (cards.length > 0 || keys.length > 0) {
    const kept = [...cards, ...keys].includes(layout.referencePlace) ? null : reference;
    return { line, cells: null, reference: kept, problem: secretProblem(line, { cards, keys }, names) };
  }
  if (faults.length > 0) {
    const isKept = cells.length > 0 && !mayBeSplitCard(asSent);
    const problem = inputProblem(line, faults);
    return isKept
      ? { line, cells: cellsOf(layout, cells), reference, problem }
      : { line, cells: null, reference: null, problem };
  }
  const found = referenceFaults(layout, cells);
  const problem = found.length > 0 ? inputProblem(line, found) : null;
  return { line, cells: cellsOf(layout, cells), reference, problem };
}

/** Of two rows with one reference the first is carried out; the second says where that is. */
export function duplicateProblem(column: string, line: number, firstLine: number): ReceivedRow['problem'] {
  const message = `line ${firstLine} of this file has the same ${column}; a reference is used once, by the first row that has it`;
  return inputProblem(line, [{ column, message }]);
}

function cellsOf({ places }: FileLayout, cells: readonly string[]): readonly string[] {
  return places.map((place) => cells[place] ?? '');
}

function referenceOf({ referencePlace }: FileLayout, cells: readonly string[]): string | null {
  const reference = plainReference(cells[referencePlace] ?? '');
  return reference === '' || reference.length > REFERENCE_MAX ? null : reference;
}

function referenceFaults({ referencePlace, referenceColumn }: FileLayout, cells: readonly string[]) {
  const reference = plainReference(cells[referencePlace] ?? '');
  const say = (message: string) => [{ column: referenceColumn, message }];
  if (reference === '') return say('must not be empty: a row is known by it, and done once');
  if (reference.length > REFERENCE_MAX) {
    return say(`must have at most ${REFERENCE_MAX} characters, not ${reference.length}`);
  }
  return [];
}

const CARD_REFUSAL = 'looks like a card number; card data is not accepted here, use a token';

function keyPlaces(cells: readonly string[]): readonly number[] {
  return cells.flatMap((cell, place) => (containsKey(cell) ? [place] : []));
}

/** Under the code of cards where there is one: it is the one that a merchant must not do again. */
function secretProblem(
  line: number,
  { cards, keys }: { readonly cards: readonly number[]; readonly keys: readonly number[] },
  names: readonly string[],
): ReceivedRow['problem'] {
  const columnAt = (place: number) => names[place] ?? `cell ${place + 1}`;
  const faults = [
    ...cards.map((place) => ({ column: columnAt(place), message: CARD_REFUSAL })),
    ...keys.map((place) => ({ column: columnAt(place), message: KEY_REFUSAL })),
  ];
  return problemOf(cards.length > 0 ? 'CARD_DATA_NOT_ALLOWED' : 'INVALID_INPUT', line, faults);
}

function inputProblem(line: number, faults: RowOfFile['faults']): ReceivedRow['problem'] {
  return problemOf('INVALID_INPUT', line, faults);
}

function problemOf(code: RowRefusal['code'], line: number, faults: RowOfFile['faults']): ReceivedRow['problem'] {
  return brief<RowRefusal>({
    code,
    message: faults.map(({ column, message }) => `line ${line}, ${column ?? 'row'}: ${message}`).join('; '),
    retryable: false,
    issues: faults.map(({ column, message }) => ({ path: column === null ? [] : [column], message })),
  });
}
