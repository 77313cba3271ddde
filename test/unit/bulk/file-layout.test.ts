import { describe, expect, it } from '@jest/globals';
import { fileLayout } from '../../../src/features/bulk/domain/file-layout.js';
import type { BulkKind } from '../../../src/features/bulk/domain/words.js';

function faults(kind: BulkKind, ...names: readonly string[]) {
  const layout = fileLayout(kind, names);
  return 'header' in layout ? [] : layout.map(({ column, message }) => `${column}: ${message}`);
}

describe('the layout of a file', () => {
  it('leaves out what a file of results says, and tells by it that the file is one', () => {
    expect(fileLayout('CHARGE_AGREEMENTS', ['result.line', 'amount', 'orderNumber'])).toEqual({
      header: ['amount', 'orderNumber'],
      places: [1, 2],
      referencePlace: 2,
      referenceColumn: 'orderNumber',
      isOfResults: true,
    });
    expect(fileLayout('CHARGE_AGREEMENTS', ['orderNumber'])).toMatchObject({ isOfResults: false });
  });

  it('names every column that is none, the one that is meant, and every one that is missing', () => {
    expect(faults('CHARGE_AGREEMENTS', 'OrderNumber', 'amount', 'colour')).toEqual([
      'OrderNumber: There is no column "OrderNumber". Did you mean "orderNumber"?',
      'colour: There is no column "colour".',
      'orderNumber: The column "orderNumber" is missing.',
    ]);
  });

  it('shows of a long name its beginning, and looks for none like it', () => {
    const near = `orderNumbe${'r'.repeat(90)}`;
    expect(near).toHaveLength(100);
    expect(faults('CHARGE_AGREEMENTS', 'orderNumber', near)).toEqual([`${near}: There is no column "${near}".`]);
    expect(faults('CHARGE_AGREEMENTS', 'orderNumber', `${near}r`)).toEqual([
      `${near}…: There is no column "${near}…".`,
    ]);
  });

  it('takes no file for one of another mutation by what it lacks', () => {
    expect(faults('CREATE_AGREEMENTS', 'terms.reference', 'colour')[0]).toBe('colour: There is no column "colour".');
  });

  it('says of a file for another mutation which one that is', () => {
    expect(faults('UPDATE_AGREEMENTS', 'orderNumber', 'agreementReference', 'amount')).toEqual([
      'null: These are columns of chargeAgreements: send the file with that mutation.',
    ]);
    expect(faults('CHARGE_AGREEMENTS', 'changeReference', 'agreementReference')).toEqual([
      'null: These are columns of updateAgreements: send the file with that mutation.',
    ]);
  });

  it('says once that the first line is a row', () => {
    expect(faults('CHARGE_AGREEMENTS', 'gym-2030-01', '20.00', 'January')).toEqual([
      'null: No column of chargeAgreements is named here. The first line must name the columns.',
    ]);
    const row = ['gym-2030-01', '20.00'];
    expect(faults('CHARGE_AGREEMENTS', ...row, 'amuont')).toHaveLength(4);
    expect(faults('CHARGE_AGREEMENTS', ...row, 'amount')).toHaveLength(3);
  });
});
