import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { templateOf } from '../../../src/features/bulk/bulk-templates.js';
import { cardPlaces } from '../../../src/features/bulk/domain/card-places.js';
import { type FileLayout, fileLayout } from '../../../src/features/bulk/domain/file-layout.js';
import { receivedRow } from '../../../src/features/bulk/domain/received-row.js';
import { BULK_KINDS } from '../../../src/features/bulk/domain/words.js';
import { openCsv } from '../../../src/platform/csv/read-csv.js';

const LIMITS = { rowsMax: 10, lineBytesMax: 131_072, cellCharsMax: 10_000, columnsMax: 200 };
const LAYOUT = fileLayout('CHARGE_AGREEMENTS', ['amount', 'orderNumber', 'agreementReference']) as FileLayout;

describe('a row as it is stored', () => {
  it('keeps good rows: no amounts, days and numbers beside each other are a card', () => {
    const digits = fc.integer({ min: 1, max: 999_999_999 }).map(String);
    const amount = fc.integer({ min: 1, max: 99_999_999 }).map((minor) => (minor / 100).toFixed(2));
    const day = fc.date({ min: new Date(0), max: new Date('2040-01-01'), noInvalidDate: true });
    const cell = fc.oneof(
      digits,
      amount,
      day.map((each) => each.toISOString().slice(0, 10)),
      fc.constant(''),
    );
    const cells = fc.sample(fc.array(cell, { minLength: 8, maxLength: 20 }), { numRuns: 5_000, seed: 5 });
    expect(cells.filter((each) => cardPlaces(each).length > 0)).toEqual([]);
    for (const kind of BULK_KINDS) {
      const rows = templateOf(kind)
        .split('\r\n')
        .map((line) => line.replaceAll('"', '').split(','));
      expect(rows.filter((each) => cardPlaces(each).length > 0)).toEqual([]);
    }
  });

  it.each([
    ['faults in every column', Array(200).fill('\0'), 200],
    ['more cells than anybody has', Array(60_000).fill('\0'), 3],
    ['cards in every column', Array(200).fill('4242424242424242'), 200],
  ])('is stored with a problem of a few kilobytes, whatever it has: %s', async (_what, cells, columns) => {
    const names = Array.from({ length: columns }, (_, index) => `result.${index}-${'x'.repeat(400)}`);
    const { batches } = await openCsv(Readable.from([Buffer.from(`${names}\n${cells}\n`)]), LIMITS);
    const problems: string[] = [];
    for await (const rows of batches) {
      for (const each of rows) problems.push(JSON.stringify(receivedRow(LAYOUT, names, each).problem));
    }
    expect(problems).toHaveLength(1);
    expect(problems[0]?.length).toBeGreaterThan(100);
    expect(problems[0]?.length).toBeLessThan(7_000);
  });
});
