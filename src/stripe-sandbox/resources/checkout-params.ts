import type { Spec } from '../http/parameters.js';
import { TYPE_PARAMS } from './method-types.js';
import { METHOD_OPTIONS } from './payment-intent-params.js';

const LOCALES =
  'auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW'.split(
    ' ',
  );

const TEXT = { message: 'text' } as const satisfies Spec;

const PAYMENT_DATA = {
  capture_method: ['automatic', 'automatic_async', 'manual'],
  description: 'text',
  metadata: 'metadata',
  receipt_email: 'text',
  setup_future_usage: ['off_session', 'on_session'],
  shipping: 'open',
  statement_descriptor: 'text',
  statement_descriptor_suffix: 'text',
  transfer_group: 'text',
} as const satisfies Spec;

export const LINE_ITEM = {
  metadata: 'metadata',
  price_data: {
    currency: 'text',
    product_data: { name: 'text', description: 'text', images: 'texts', metadata: 'metadata' },
    tax_behavior: ['exclusive', 'inclusive', 'unspecified'],
    unit_amount: 'integer',
  },
  quantity: 'integer',
} as const satisfies Spec;

export const CREATE = {
  adaptive_pricing: { enabled: 'flag' },
  allowed_payment_method_types: TYPE_PARAMS.allowed_payment_method_types,
  billing_address_collection: ['auto'],
  cancel_url: 'text',
  client_reference_id: 'text',
  consent_collection: { payment_method_reuse_agreement: { position: ['auto', 'hidden'] } },
  currency: 'text',
  custom_text: { after_submit: TEXT, shipping_address: TEXT, submit: TEXT, terms_of_service_acceptance: TEXT },
  customer: 'text',
  customer_creation: ['always', 'if_required'],
  customer_email: 'text',
  excluded_payment_method_types: TYPE_PARAMS.excluded_payment_method_types,
  expires_at: 'integer',
  line_items: 'open',
  locale: LOCALES,
  metadata: 'metadata',
  mode: ['payment', 'setup'],
  payment_intent_data: PAYMENT_DATA,
  payment_method_options: METHOD_OPTIONS,
  payment_method_types: TYPE_PARAMS.payment_method_types,
  setup_intent_data: { description: 'text', metadata: 'metadata' },
  submit_type: ['auto', 'book', 'donate', 'pay'],
  success_url: 'text',
  ui_mode: ['hosted', 'hosted_page'],
  wallet_options: { link: { display: ['auto', 'never'] } },
} as const satisfies Spec;
