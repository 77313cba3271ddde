import type { Spec } from '../http/parameters.js';
import { TYPE_PARAMS } from './method-types.js';

const OPTIONS = {
  card: {
    request_three_d_secure: ['any', 'automatic', 'challenge'],
    mandate_options: 'open',
    network: 'text',
    moto: 'flag',
  },
  sepa_debit: { mandate_options: { reference_prefix: 'text' } },
} as const satisfies Spec;

export const CONFIRM = {
  client_secret: 'text',
  key: 'text',
  mandate_data: 'open',
  payment_method: 'text',
  payment_method_data: 'open',
  payment_method_options: OPTIONS,
  return_url: 'text',
  use_stripe_sdk: 'flag',
} as const satisfies Spec;

export const UPDATE = {
  customer: 'text',
  description: 'text',
  metadata: 'metadata',
  payment_method: 'text',
  payment_method_data: 'open',
  payment_method_options: OPTIONS,
} as const satisfies Spec;

export const CREATE = {
  ...CONFIRM,
  ...UPDATE,
  ...TYPE_PARAMS,
  confirm: 'flag',
  usage: ['off_session', 'on_session'],
} as const satisfies Spec;
