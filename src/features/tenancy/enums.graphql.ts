import { registerEnumType } from 'type-graphql';
import type { TransactionSource } from '../../kernel/transaction-source.js';
import type { KeyKind, Mode } from './domain/scopes.js';
import type { CallbackFormat } from './merchant.entity.js';
import type { OperatorStatus } from './operator.entity.js';

type Descriptions<Value extends string> = { readonly [Each in Value]: { readonly description: string } };

/** Registers an enum whose values are their own names; the compiler demands a description of each. */
function enumOf<Value extends string>(name: string, description: string, values: Descriptions<Value>) {
  const names = Object.fromEntries(Object.keys(values).map((value) => [value, value])) as { [Each in Value]: Each };
  registerEnumType(names, { name, description, valuesConfig: values });
  return names;
}

export const OperatorStatusEnum = enumOf<OperatorStatus>('OperatorStatus', 'Whether an operator is served.', {
  ACTIVE: { description: 'Served.' },
  SUSPENDED: { description: 'Its API is closed, its sockets are ended and nothing is charged until it is resumed.' },
});

export const CallbackFormatEnum = enumOf<CallbackFormat>('CallbackFormat', 'How notifications are written.', {
  JSON: { description: 'A JSON body with Standard Webhooks headers.' },
  FORM: { description: 'Form-encoded fields, for shops that expect a form.' },
});

export const ApiKeyKindEnum = enumOf<KeyKind>('ApiKeyKind', 'Whose an API key is.', {
  PLATFORM: { description: 'Makes operators and their first keys; sees no money.' },
  OPERATOR: { description: "Acts for an operator and all its merchants, in the key's mode." },
  MERCHANT: { description: "Acts for one merchant, in the key's mode." },
});

export const KeyModeEnum = enumOf<Mode>(
  'KeyMode',
  'Whether money moves. Objects of one mode are invisible to the other.',
  {
    TEST: { description: 'Nothing is really paid.' },
    LIVE: { description: 'Real payments.' },
  },
);

/**
 * Both spellings are one value. graphql-js answers with the name that a value
 * was given last, so the one that is answered stands after the other.
 */
const SOURCE_NAMES = {
  INTERNET: 'INTERNET',
  MOTO: 'MOTO',
  MAIL_ORDER: 'MAIL_ORDER',
  TELEPHONE_ORDER: 'TELEPHONE_ORDER',
  VOICE_RESPONSE: 'VOICE_RESPONSE',
  CALL_CENTRE: 'CALL_CENTER',
  CALL_CENTER: 'CALL_CENTER',
  CARD_PRESENT: 'CARD_PRESENT',
  PAYER_PRESENT: 'PAYER_PRESENT',
  MERCHANT: 'MERCHANT',
} as const satisfies { readonly [Each in TransactionSource]: Each } & { readonly CALL_CENTRE: 'CALL_CENTER' };

const SOURCE_MEANINGS: Descriptions<keyof typeof SOURCE_NAMES> = {
  INTERNET: { description: 'The payer ordered online.' },
  MOTO: { description: 'By mail or telephone, without saying which.' },
  MAIL_ORDER: { description: 'The payer ordered by mail.' },
  TELEPHONE_ORDER: { description: 'The payer ordered by telephone.' },
  VOICE_RESPONSE: { description: 'The payer ordered through an automatic voice response system.' },
  CALL_CENTRE: { description: 'Another spelling of CALL_CENTER, for input only: CALL_CENTER is what is answered.' },
  CALL_CENTER: { description: 'The payer ordered by speaking to somebody at a telephone service.' },
  CARD_PRESENT: { description: 'The card was read by a terminal. Not available: no account here has a terminal.' },
  PAYER_PRESENT: {
    description: 'The payer stood before the merchant. Not available: no account here has a terminal.',
  },
  MERCHANT: {
    description: "Initiated by the merchant under the payer's agreement (MIT). The operator must allow it.",
  },
};

export const TransactionSourceEnum = SOURCE_NAMES;
registerEnumType(TransactionSourceEnum, {
  name: 'TransactionSource',
  description: "How the payer's consent reached the merchant. All but MERCHANT are initiated by the cardholder (CIT).",
  valuesConfig: SOURCE_MEANINGS,
});
