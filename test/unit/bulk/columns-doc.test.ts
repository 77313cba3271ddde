import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { templateOf } from '../../../src/features/bulk/bulk-templates.js';
import { fileLayout } from '../../../src/features/bulk/domain/file-layout.js';
import { BULK_KINDS } from '../../../src/features/bulk/domain/words.js';
import { rowAsked } from '../../../src/features/bulk/row-checks.js';
import { fileColumns, readRow } from '../../../src/features/bulk/row-input.js';
import type { InputRules } from '../../../src/features/orders/index.js';
import { newUuid, publicId } from '../../../src/kernel/ids.js';
import { openCsv } from '../../../src/platform/csv/read-csv.js';
import { columnsDoc } from './columns-doc.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const rules: InputRules = { httpUrlsAllowed: false, cardDataAccepted: false, now: () => NOW, nowOf: () => NOW };
const LIMITS = { rowsMax: 10, lineBytesMax: 10_000, cellCharsMax: 1_000, columnsMax: 100 };

it('docs/bulk-columns.md is what the program reads', () => {
  // Where it is not: `columnsDoc()` is what it should be.
  expect(readFileSync('docs/bulk-columns.md', 'utf8')).toBe(columnsDoc());
});

describe.each(BULK_KINDS)('the template of %s', (kind) => {
  it('is a file that would be taken, and its rows ask for something', async () => {
    const { header, batches } = await openCsv(
      (async function* () {
        yield Buffer.from(templateOf(kind));
      })(),
      LIMITS,
    );
    expect(fileLayout(kind, header)).toMatchObject({ header, isOfResults: false });
    const principal = {
      kind: 'MERCHANT',
      operatorId: newUuid(),
      merchantId: newUuid(),
      mode: 'TEST',
      scopes: new Set([]),
      keyId: newUuid(),
      orderId: null,
    } as const;
    const agreementIds = new Map(['gym-4711', 'gym-4712'].map((name) => [name, publicId('agreement', newUuid())]));
    const asked = [];
    for await (const rows of batches) {
      for (const { cells, faults } of rows) {
        expect(faults).toEqual([]);
        asked.push(rowAsked(kind, readRow(kind, fileColumns(kind, header), cells), { principal, rules, agreementIds }));
      }
    }
    expect(asked).toHaveLength(2);
  });
});
