import type Stripe from 'stripe';
import { malformed, parameterMissing, refusal } from '../core/failure.js';
import { newId } from '../core/ids.js';
import { mergeMetadata } from '../core/lookup.js';
import { currencyOf } from '../core/money.js';
import type { Scope } from '../core/world.js';
import type { FormValue } from '../http/form.js';
import { type Parsed, read } from '../http/parameters.js';
import { LINE_ITEM } from './checkout-params.js';

const ITEMS_MAX = 100;

type Given = Parsed<typeof LINE_ITEM>;

function price(scope: Scope, currency: string, unit: number): Stripe.Price {
  return {
    id: newId('price'),
    object: 'price',
    active: false,
    billing_scheme: 'per_unit',
    created: scope.world.clock.now(),
    currency,
    custom_unit_amount: null,
    livemode: scope.book.livemode,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: newId('prod', 14),
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: unit,
    unit_amount_decimal: null,
  };
}

function item(scope: Scope, given: Given, at: string): Stripe.LineItem {
  const { price_data: data, quantity } = given;
  if (data === undefined) throw parameterMissing(`${at}[price_data]`);
  if (data.currency === undefined) throw parameterMissing(`${at}[price_data][currency]`);
  if (data.unit_amount === undefined) throw parameterMissing(`${at}[price_data][unit_amount]`);
  if (!data.product_data?.name) throw parameterMissing(`${at}[price_data][product_data][name]`);
  if (quantity === undefined) throw parameterMissing(`${at}[quantity]`);
  for (const [name, least, value] of [
    ['price_data][unit_amount', 0, data.unit_amount],
    ['quantity', 1, quantity],
  ] as const) {
    if (value >= least) continue;
    throw malformed(`This value must be greater than or equal to ${least}.`, {
      code: 'parameter_invalid_integer',
      param: `${at}[${name}]`,
    });
  }
  const currency = currencyOf(data.currency);
  const total = data.unit_amount * quantity;
  return {
    id: newId('li', 14),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: total,
    amount_tax: 0,
    amount_total: total,
    currency,
    description: data.product_data.name,
    metadata: mergeMetadata(null, given.metadata),
    price: price(scope, currency, data.unit_amount),
    quantity,
  };
}

/** What a session sells; all of it in one currency. */
export function lineItems(scope: Scope, given: FormValue | undefined): Stripe.LineItem[] {
  if (given === undefined || given === '') throw parameterMissing('line_items');
  if (typeof given === 'string') throw malformed('Invalid array', { param: 'line_items' });
  const all = Object.entries(given);
  if (all.length > ITEMS_MAX) {
    throw refusal(`You may only specify up to ${ITEMS_MAX} line items.`, { param: 'line_items' });
  }
  const items = all.map(([place, each]) => {
    const at = `line_items[${place}]`;
    if (typeof each === 'string') throw malformed('Invalid object', { param: at });
    return item(scope, read(LINE_ITEM, each, [], at), at);
  });
  const currencies = new Set(items.map(({ currency }) => currency));
  if (currencies.size > 1) {
    throw refusal(
      `You must use the same currency for all line items. The following currencies were given: ${[...currencies].join(', ')}.`,
      { param: 'line_items' },
    );
  }
  return items;
}
