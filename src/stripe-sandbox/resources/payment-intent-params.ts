import type { Spec } from '../http/parameters.js';
import { TYPE_PARAMS } from './method-types.js';

const IF_AVAILABLE = ['if_available', 'never'] as const;

const CARD_OPTIONS = {
  capture_method: ['manual'],
  cvc_token: 'text',
  installments: 'open',
  mandate_options: 'open',
  moto: 'flag',
  network: 'text',
  request_extended_authorization: IF_AVAILABLE,
  request_incremental_authorization: IF_AVAILABLE,
  request_multicapture: IF_AVAILABLE,
  request_overcapture: IF_AVAILABLE,
  request_three_d_secure: ['any', 'automatic', 'challenge'],
  require_cvc_recollection: 'flag',
  setup_credential_usage: 'text',
  setup_future_usage: ['none', 'off_session', 'on_session'],
  statement_descriptor_suffix_kana: 'text',
  statement_descriptor_suffix_kanji: 'text',
  stored_credential_usage: 'text',
  three_d_secure: 'open',
} as const satisfies Spec;

const SEPA_OPTIONS = {
  mandate_options: { reference_prefix: 'text' },
  setup_future_usage: ['none', 'off_session', 'on_session'],
  target_date: 'text',
} as const satisfies Spec;

export const METHOD_OPTIONS = { card: CARD_OPTIONS, link: 'open', sepa_debit: SEPA_OPTIONS } as const satisfies Spec;

const SHARED = {
  amount_details: 'open',
  capture_method: ['automatic', 'automatic_async', 'manual'],
  customer: 'text',
  description: 'text',
  metadata: 'metadata',
  payment_details: 'open',
  payment_method: 'text',
  payment_method_data: 'open',
  payment_method_options: METHOD_OPTIONS,
  receipt_email: 'text',
  setup_future_usage: ['off_session', 'on_session'],
  shipping: 'open',
  statement_descriptor: 'text',
  statement_descriptor_suffix: 'text',
  transfer_group: 'text',
} as const satisfies Spec;

const CONFIRMING = {
  error_on_requires_action: 'flag',
  mandate: 'text',
  mandate_data: 'open',
  off_session: 'text',
  return_url: 'text',
  use_stripe_sdk: 'flag',
  radar_options: 'open',
} as const satisfies Spec;

export const CREATE = {
  ...SHARED,
  ...CONFIRMING,
  amount: 'integer',
  currency: 'text',
  ...TYPE_PARAMS,
  confirm: 'flag',
  confirmation_method: ['automatic', 'manual'],
} as const satisfies Spec;

export const UPDATE = {
  ...SHARED,
  allowed_payment_method_types: TYPE_PARAMS.allowed_payment_method_types,
  amount: 'integer',
  currency: 'text',
} as const satisfies Spec;

/** `client_secret` is what a browser sends along with its publishable key. */
export const CONFIRM = {
  ...CONFIRMING,
  capture_method: SHARED.capture_method,
  client_secret: 'text',
  payment_method: 'text',
  payment_method_data: 'open',
  payment_method_options: METHOD_OPTIONS,
  receipt_email: 'text',
  setup_future_usage: SHARED.setup_future_usage,
  shipping: 'open',
  key: 'text',
} as const satisfies Spec;

export const CAPTURE = {
  amount_details: 'open',
  amount_to_capture: 'integer',
  final_capture: 'flag',
  metadata: 'metadata',
  payment_details: 'open',
  statement_descriptor: 'text',
  statement_descriptor_suffix: 'text',
} as const satisfies Spec;

export const CANCEL = {
  cancellation_reason: ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'],
} as const satisfies Spec;

export const INCREMENT = {
  amount: 'integer',
  amount_details: 'open',
  description: 'text',
  metadata: 'metadata',
  payment_details: 'open',
  statement_descriptor: 'text',
} as const satisfies Spec;
