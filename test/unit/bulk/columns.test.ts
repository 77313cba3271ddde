import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { type GraphQLInputObjectType, type GraphQLInputType, getNullableType, isInputObjectType } from 'graphql';
import { columnNamed, columnsOf, pathOf, referenceColumn } from '../../../src/features/bulk/domain/columns.js';
import { BULK_KINDS, type BulkKind } from '../../../src/features/bulk/domain/words.js';
import { fileColumns, readRow } from '../../../src/features/bulk/row-input.js';
import { publishedSchema } from './published-schema.js';

/** Fields of the single mutations that a file has no column for, and why. */
const WITHOUT: Readonly<Record<string, string>> = {
  merchantId: 'a file is of one merchant, named where it is sent',
  idempotencyKey: 'the reference of the row is its key',
  'payment.credential.card': 'card data is never taken from a file',
};

const OF_KIND: Readonly<Record<BulkKind, Readonly<Record<string, string>>>> = {
  CREATE_AGREEMENTS: { ...WITHOUT, metadata: 'the same as terms.metadata, which has columns' },
  CHARGE_AGREEMENTS: WITHOUT,
  UPDATE_AGREEMENTS: WITHOUT,
};

/** Columns that are no field: another way of naming, and what a row is known by. */
const OF_FILES: Readonly<Record<BulkKind, readonly string[]>> = {
  CREATE_AGREEMENTS: [],
  CHARGE_AGREEMENTS: ['agreementReference'],
  UPDATE_AGREEMENTS: ['changeReference', 'agreementReference'],
};

const INPUTS: Readonly<Record<BulkKind, readonly string[]>> = {
  CREATE_AGREEMENTS: ['CreateAgreementInput', 'ImportAgreementInput'],
  CHARGE_AGREEMENTS: ['ChargeAgreementInput'],
  UPDATE_AGREEMENTS: ['UpdateAgreementInput'],
};

/** The paths of all fields of an input, and of those that are groups of fields. */
function fieldsOf(type: GraphQLInputObjectType, above = '', skipped: readonly string[] = []): string[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const path = above === '' ? field.name : `${above}.${field.name}`;
    const of: GraphQLInputType = getNullableType(field.type);
    if (skipped.includes(path) || !isInputObjectType(of)) return [path];
    return fieldsOf(of, path, skipped);
  });
}

describe.each(BULK_KINDS)('the columns of %s', (kind) => {
  const names = columnsOf(kind).map(({ name }) => name);
  const skipped = Object.keys(OF_KIND[kind]);

  it('are all fields of the single mutation, but those that are left out for a reason', () => {
    const fields = INPUTS[kind].flatMap((name) => fieldsOf(publishedSchema().getType(name) as never, '', skipped));
    const wanted = new Set(fields.filter((field) => !skipped.includes(field)));
    const covered = (field: string) => names.includes(field) || names.includes(`${field}.<key>`);
    expect([...wanted].filter((field) => !covered(field))).toEqual([]);
    const isField = (name: string) =>
      wanted.has(name.replace('.<key>', '')) || [...wanted].some((field) => field.startsWith(`${name}.`));
    expect(names.filter((name) => !isField(name))).toEqual(OF_FILES[kind]);
  });

  it('say null where the mutation takes null, and have none for a card', () => {
    expect(names.filter((name) => /card|pan\b|cvc|cvv/i.test(name))).toEqual([]);
    if (kind !== 'UPDATE_AGREEMENTS') {
      expect(columnsOf(kind).filter(({ takesNull }) => takesNull)).toEqual([]);
    }
  });

  it('have examples that can be read', () => {
    const header = columnsOf(kind).map(({ name }) => name.replace('<key>', 'level'));
    for (const [place, { name, example }] of columnsOf(kind).entries()) {
      const cells = header.map((_, index) => (index === place ? example : ''));
      const { faults, given } = readRow(kind, fileColumns(kind, header), cells);
      expect(faults.filter(({ message }) => message !== 'is needed')).toEqual([]);
      expect([...given]).toEqual([name.replace('<key>', 'level')]);
    }
  });

  it('are found by their names, families by what they begin with', () => {
    for (const column of columnsOf(kind)) {
      expect(columnNamed(kind, column.name.replace('<key>', 'a.b'))).toBe(column);
      expect(columnNamed(kind, `${column.name}x`)?.name ?? null).toBe(
        column.name.endsWith('<key>') ? column.name : null,
      );
    }
    expect(columnNamed(kind, 'payment.credential.card.number')).toBeNull();
    expect(columnNamed(kind, 'constructor')).toBeNull();
    expect(columnNamed(kind, referenceColumn(kind))).toMatchObject({ required: true });
  });
});

it('a family’s key is one field, dots and all', () => {
  expect(pathOf({ name: 'terms.metadata.<key>' }, 'terms.metadata.a.b')).toEqual(['terms', 'metadata', 'a.b']);
  expect(columnNamed('UPDATE_AGREEMENTS', 'metadata.')).toBeNull();
});
