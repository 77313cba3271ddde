import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { type FileLayout, fileLayout } from '../../../src/features/bulk/domain/file-layout.js';
import { nearest } from '../../../src/features/bulk/domain/nearest.js';
import { duplicateProblem, receivedRow } from '../../../src/features/bulk/domain/received-row.js';
import { KEY_REFUSAL } from '../../../src/kernel/key-texts.js';
import { openCsv } from '../../../src/platform/csv/read-csv.js';
import { newApiKey } from '../../../src/platform/secrets/api-key.js';

const LIMITS = { rowsMax: 10, lineBytesMax: 131_072, cellCharsMax: 10_000, columnsMax: 200 };
const NAMES = ['result.outcome', 'amount', 'orderNumber', 'agreementReference'];
const LAYOUT = fileLayout('CHARGE_AGREEMENTS', NAMES) as FileLayout;
const row = (...cells: string[]) => receivedRow(LAYOUT, NAMES, { line: 7, cells, asSent: cells, faults: [] });

describe('a row as it is stored', () => {
  it('has the cells that are read, word for word, and its reference without what nobody sees at its edges', () => {
    expect(row('FAILED', '10.00', ' a-1 ', 'gym')).toEqual({
      line: 7,
      cells: ['10.00', ' a-1 ', 'gym'],
      reference: 'a-1',
      problem: null,
    });
  });

  it.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '４２４２４２４２４２４２４２４２',
    'card:4242-4242-4242-4242!',
    '4242\u0001\u00014242\u0001\u00014242\u0001\u00014242',
    '4242\u0080\u00804242\u0080\u00804242\ufffd\ufffd4242',
    '㊷'.repeat(8),
  ])('has nothing of a row in which %s stands, wherever', (card) => {
    for (const place of NAMES.keys()) {
      const stored = row(...NAMES.map((_, index) => (index === place ? card : 'x')));
      const said = 'looks like a card number; card data is not accepted here, use a token';
      expect(stored).toMatchObject({ cells: null, problem: { code: 'CARD_DATA_NOT_ALLOWED', retryable: false } });
      expect(stored.problem?.message).toBe(`line 7, ${NAMES[place]}: ${said}`);
      expect(stored.problem?.issues.map(({ message }) => message)).toEqual([said]);
      expect(stored.problem?.issues.map(({ path }) => path)).toEqual([[NAMES[place]]]);
      expect(stored.reference).toBe(place === 2 ? null : 'x');
      expect(JSON.stringify(stored)).not.toContain(card);
    }
  });

  it.each(['sk_live_51H8xkPqabcdefgh', 'see rk_test_51H8xkPqabcdefgh', newApiKey({ mode: 'live', kind: 'op' }).key])(
    'has nothing of a row in which a key stands, wherever',
    (key) => {
      for (const place of NAMES.keys()) {
        const stored = row(...NAMES.map((_, index) => (index === place ? key : 'x')));
        const issues = [{ path: [NAMES[place]], message: KEY_REFUSAL }];
        expect(stored).toMatchObject({ cells: null, problem: { code: 'INVALID_INPUT', retryable: false, issues } });
        expect(stored.problem?.message).toBe(`line 7, ${NAMES[place]}: ${KEY_REFUSAL}`);
        expect(stored.reference).toBe(place === 2 ? null : 'x');
        expect(JSON.stringify(stored)).not.toContain(key);
      }
    },
  );

  it('is refused for a card number and for a key at once', () => {
    const { problem } = row('sk_live_51H8xkPqabcdefgh', '10.00', 'a-1', '4242424242424242');
    expect(problem).toMatchObject({
      code: 'CARD_DATA_NOT_ALLOWED',
      issues: [{ path: ['agreementReference'] }, { path: ['result.outcome'], message: KEY_REFUSAL }],
    });
    expect(row('x', '10.00', 'qtt_order_20261122_0001', 'gym').problem).toBeNull();
  });

  it('names a cell that no column is named for by its place', () => {
    const asSent = ['FAILED', '10.00', 'a-1', 'gym', '4242424242424242'];
    const { problem } = receivedRow(LAYOUT, NAMES, { line: 7, cells: asSent, asSent, faults: [] });
    expect(problem?.issues.map(({ path }) => path)).toEqual([['cell 5']]);
  });

  it('has nothing of a row in which the groups of one stand in neighbouring cells', () => {
    const groups = ['4242', '4242', '4242', '4242'];
    const stored = row(...groups);
    expect(stored).toMatchObject({ cells: null, reference: null, problem: { code: 'CARD_DATA_NOT_ALLOWED' } });
    expect(stored.problem?.message.split('; line 7, ')).toHaveLength(4);
    expect(JSON.stringify(stored)).not.toContain('4242');
    expect(row('3782', '822463', '10005', 'x')).toMatchObject({ cells: null });
    expect(row('4242', '4242', '4242', '4241').problem).toBeNull();
  });

  it('has no cell of a refused row whose digits are a card together, or of which one is too long', async () => {
    const of = async (line: string) => {
      const file = `${NAMES.join()}\n${line}\n`;
      const { batches } = await openCsv(Readable.from([Buffer.from(file)]), LIMITS);
      for await (const [each] of batches) if (each) return receivedRow(LAYOUT, NAMES, each);
      throw new Error('no row');
    };
    expect(await of('x,1.00,42424242,42424242,y')).toMatchObject({
      cells: null,
      reference: null,
      problem: { code: 'INVALID_INPUT' },
    });
    expect(await of('x,1.00,a-1,b,c')).toMatchObject({ cells: ['1.00', 'a-1', 'b'], reference: 'a-1' });
    const filler = 'x'.repeat(LIMITS.cellCharsMax - 15);
    const cut = await of(`x,1.00,a-1,${filler}4242424242424242`);
    expect(cut).toMatchObject({ cells: null, problem: { code: 'CARD_DATA_NOT_ALLOWED' } });
    expect(JSON.stringify(cut)).not.toContain('42424');
    const long = await of(`x,1.00,a-1,${filler}4242424242424241`);
    expect(long).toMatchObject({ cells: null, problem: { code: 'INVALID_INPUT' } });
  });

  it('keeps digits that are no card number', () => {
    expect(row('', '10.00', '4242424242424241', '+49 30 901820-0 x').problem).toBeNull();
  });

  it('is refused where it has no reference of its own', () => {
    for (const reference of ['', '  ', '\t']) {
      expect(row('', '1.00', reference, 'gym')).toMatchObject({ reference: null, problem: { code: 'INVALID_INPUT' } });
      expect(row('', '1.00', reference, 'gym').problem?.message).toBe(
        'line 7, orderNumber: must not be empty: a row is known by it, and done once',
      );
    }
    expect(row('', '1.00', 'r'.repeat(255), 'gym')).toMatchObject({ reference: 'r'.repeat(255), problem: null });
    expect(row('', '1.00', 'r'.repeat(256), 'gym')).toMatchObject({
      reference: null,
      problem: { message: 'line 7, orderNumber: must have at most 255 characters, not 256' },
    });
  });

  it('is refused by its shape first, told by column where one is meant', () => {
    const faults = [
      { column: null, message: 'The row has 1 cell.' },
      { column: 'amount', message: 'is long.' },
    ];
    expect(receivedRow(LAYOUT, NAMES, { line: 7, cells: ['x'], asSent: ['x'], faults }).problem).toEqual({
      code: 'INVALID_INPUT',
      message: 'line 7, row: The row has 1 cell.; line 7, amount: is long.',
      retryable: false,
      issues: [
        { path: [], message: 'The row has 1 cell.' },
        { path: ['amount'], message: 'is long.' },
      ],
    });
  });

  it('says of a second one with a reference where the first is', () => {
    expect(duplicateProblem('orderNumber', 9, 4)?.message).toBe(
      'line 9, orderNumber: line 4 of this file has the same orderNumber; a reference is used once, by the first row that has it',
    );
  });
});

describe('the nearest name', () => {
  const known = ['orderNumber', 'agreementReference', 'amount', 'outsideSchedule'];

  it.each([
    ['order_number', 'orderNumber'],
    ['Order Number', 'orderNumber'],
    ['amuont', 'amount'],
    ['agreementRef', 'agreementReference'],
    ['AMOUNT', 'amount'],
    ['utsidSchdule', 'outsideSchedule'],
    ['agree', 'agreementReference'],
  ])('of %s is %s', (name, meant) => {
    expect(nearest(name, known)).toBe(meant);
  });

  it('may differ in two letters however short it is, and in a third of a longer one', () => {
    expect(nearest('ty', ['type'])).toBe('type');
    expect(nearest('t', ['type'])).toBeNull();
    expect(nearest('abcdefghi', ['abcdefxyz'])).toBe('abcdefxyz');
    expect(nearest('abcdefghi', ['abcdewxyz'])).toBeNull();
  });

  it.each(['agre', 'colour', 'x', 'somethingElseAltogether'])('of %s is none', (name) => {
    expect(nearest(name, known)).toBeNull();
  });
});
