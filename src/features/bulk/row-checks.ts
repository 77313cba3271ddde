import { z } from 'zod';
import type { InputIssue } from '../../kernel/errors.js';
import { freeText, validated } from '../../platform/graphql/validation.js';
import {
  type AgreementChanges,
  type ChargeWanted,
  changesWantedOf,
  chargeWantedOf,
  type ImportedAgreement,
  importedAgreementOf,
  type NewAgreement,
  newAgreementOf,
} from '../agreements/index.js';
import type { InputRules } from '../orders/index.js';
import type { Principal } from '../tenancy/index.js';
import { referenceColumn } from './domain/columns.js';
import { IMPORT_COLUMNS, PAYMENT_COLUMNS } from './domain/columns-of-new-agreements.js';
import type { BulkKind } from './domain/words.js';
import { checkedRow, type RowInput } from './row-input.js';

/** What a row asks for: a single mutation, with its input as the resolver hands it to the use case. */
export type RowAsked =
  | { readonly mutation: 'createAgreement'; readonly wanted: NewAgreement; readonly input: object }
  | { readonly mutation: 'importAgreement'; readonly wanted: ImportedAgreement; readonly input: object }
  | { readonly mutation: 'chargeAgreement'; readonly wanted: ChargeWanted; readonly input: object }
  | {
      readonly mutation: 'updateAgreement';
      readonly wanted: { readonly agreementId: string; readonly changes: AgreementChanges };
      readonly input: object;
    };

export interface CheckContext {
  /** Of the operation's merchant and of no other, whoever started it. */
  readonly principal: Principal;
  readonly rules: InputRules;
  /** Public ids of the agreements that rows name by reference. */
  readonly agreementIds: ReadonlyMap<string, string>;
}

/** Checked by the same functions as the single mutation's input; all faults at once, each at its column. */
export function rowAsked(kind: BulkKind, row: RowInput, context: CheckContext): RowAsked {
  switch (kind) {
    case 'CREATE_AGREEMENTS':
      return newOrImported(row, context);
    case 'CHARGE_AGREEMENTS': {
      const named = withAgreementId(row, context);
      return { mutation: 'chargeAgreement', wanted: checkedRow(named, chargeWantedOf), input: named.input };
    }
    case 'UPDATE_AGREEMENTS': {
      const named = withAgreementId(row, context);
      const { [referenceColumn(kind)]: reference, ...input } = named.input;
      const check = () => {
        validated(changeReference, { changeReference: reference ?? '-' });
        return changesWantedOf(input);
      };
      return { mutation: 'updateAgreement', wanted: checkedRow(named, check), input };
    }
  }
}

const changeReference = z.object({ changeReference: freeText({ max: 100 }) });

const IMPORTING: ReadonlySet<string> = new Set(IMPORT_COLUMNS.map(({ name }) => name));
const PAYING: ReadonlySet<string> = new Set(PAYMENT_COLUMNS);

function newOrImported(row: RowInput, { principal, rules }: CheckContext): RowAsked {
  // What the API's own schema sees to in a request.
  const input: { payer: object; terms: object; payment?: object } = { payer: {}, terms: {}, ...row.input };
  const importing = [...row.given].find((name) => IMPORTING.has(name));
  if (importing === undefined) {
    if (input.payment) input.payment = { credential: {}, ...input.payment };
    const wanted = checkedRow({ ...row, input }, (fields) => newAgreementOf(principal, fields as object, rules));
    return { mutation: 'createAgreement', wanted, input };
  }
  const paying = [...row.given].filter((name) => PAYING.has(name));
  const message = `does not go with ${importing}: an agreement that is taken over has no first transaction here`;
  const faults = [...row.faults, ...paying.map((name): InputIssue => ({ path: name.split('.'), message }))];
  const check = (fields: object) => importedAgreementOf(principal, fields);
  return { mutation: 'importAgreement', wanted: checkedRow({ ...row, input, faults }, check), input };
}

/** Exactly one way of naming the agreement. A reference that nothing has is an id of nothing. */
function withAgreementId(row: RowInput, { agreementIds }: CheckContext): RowInput {
  const { agreementId, agreementReference, ...rest } = row.input;
  const byReference = agreementReference !== undefined;
  const id = byReference ? (agreementIds.get(String(agreementReference)) ?? '') : agreementId;
  const input = { ...rest, agreementId: id ?? '' };
  if (byReference !== (agreementId !== undefined)) return { ...row, input };
  const message = `give ${byReference ? 'only' : 'exactly'} one of agreementId and agreementReference`;
  return { ...row, input, faults: [...row.faults, { path: ['agreementReference'], message }] };
}
