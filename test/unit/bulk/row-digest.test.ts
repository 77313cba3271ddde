import { describe, expect, it } from '@jest/globals';
import type { CellKind } from '../../../src/features/bulk/domain/column.js';
import { digestText } from '../../../src/features/bulk/domain/row-digest.js';

const column = (name: string, reads: CellKind) => ({ name, column: { reads } });
/** What one cell of a kind says. */
const said = (reads: CellKind, cell: string | null) => digestText([column('x', reads)], [cell]);

describe('what a row says', () => {
  it('is its cells by name, in the order of the names', () => {
    const columns = [column('b', 'TEXT'), null, column('a', 'TEXT'), column('c', 'TEXT')];
    expect(digestText(columns, ['1', 'unread', '2', '3'])).toBe('[["a","2"],["b","1"],["c","3"]]');
  });

  it('is nothing of an empty cell, nor of one that is not there', () => {
    expect(said('TEXT', '')).toBe('[]');
    expect(said('TEXT', null)).toBe('[]');
    expect(digestText([column('a', 'TEXT'), column('b', 'TEXT')], ['1'])).toBe('[["a","1"]]');
  });

  it.each<[CellKind, string, string]>([
    ['DECIMAL', '4.00', '4'],
    ['DECIMAL', '-0.50', '-0.5'],
    ['DECIMAL', '007', '7'],
    ['DECIMAL', '0', '0'],
    ['DECIMAL', '10', '10'],
    ['DECIMAL', '4.', '4'],
    ['DECIMAL', '1.0203000', '1.0203'],
    ['WHOLE_NUMBER', '012', '12'],
    ['DECIMALS', '1.00  2.50 ', '1 2.5'],
    ['BOOLEAN', 'TRUE', 'true'],
    ['REFERENCE', ' a-1\u00a0', 'a-1'],
    ['REFERENCE', ' A 1 ', 'A 1'],
  ])('is of %s as it is spelled plainly: "%s" is "%s"', (kind, cell, plain) => {
    expect(said(kind, cell)).toBe(JSON.stringify([['x', plain]]));
  });

  it.each<[CellKind, string]>([
    ['TEXT', ' 4.00 '],
    ['DAY', '2026-01-01'],
    ['DECIMAL', '1e3'],
    ['DECIMAL', '.50'],
    ['DECIMAL', '4,00'],
    ['DECIMAL', 'x4.00'],
    ['DECIMAL', '4.00x'],
    ['DECIMAL', `${'1'.repeat(60)}.00`],
  ])('is of %s "%s" as it stands', (kind, cell) => {
    expect(said(kind, cell)).toBe(JSON.stringify([['x', cell]]));
  });

  it('is the same number up to the longest that is read as one', () => {
    expect(said('DECIMAL', `${'1'.repeat(59)}.00`)).toBe(JSON.stringify([['x', '1'.repeat(59)]]));
  });
});
