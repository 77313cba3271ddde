import { z } from 'zod';
import type { Currency } from '../../kernel/currency.js';
import { Money } from '../../kernel/money.js';
import {
  currency,
  freeText,
  idempotencyKey,
  metadata,
  validated,
  withoutSecrets,
} from '../../platform/graphql/validation.js';
import { date, or, orNull } from '../orders/index.js';
import { payerInput } from '../payers/index.js';
import { assertNotBeyondAll } from '../payment-systems/index.js';
import { merchantOf, type Principal } from '../tenancy/index.js';
import type { NewItem } from './add-invoice-item.js';
import {
  type ItemAmounts,
  itemAmounts,
  PRICE_DIGITS,
  type PricedItem,
  QUANTITY_DIGITS,
  RATE_DIGITS,
} from './domain/item-amounts.js';

const DECIMAL = /^\d{1,30}(?:\.(\d{1,30}))?$/;
const QUANTITY_MAX = 10n ** 12n;
/** More than the dearest thing costs in the cheapest currency; what it comes to is held to the payment system's limit. */
const PRICE_MAX = 10n ** 15n;
const RATE_MAX = 100n;

interface DecimalLimits {
  readonly digits: number;
  readonly max: bigint;
  readonly zeroAllowed: boolean;
}

function* faultsOf(text: string, { digits, max, zeroAllowed }: DecimalLimits): Generator<string> {
  const [match, fraction = ''] = DECIMAL.exec(text) ?? [];
  if (match === undefined) {
    yield `must be a decimal number without a sign such as "10.50", not "${text.slice(0, 40)}"`;
    return;
  }
  if (fraction.length > digits)
    yield `must have at most ${digits} fraction digits, not the ${fraction.length} of "${text}"`;
  const [whole = ''] = text.split('.');
  const isAbove = BigInt(whole) > max || (BigInt(whole) === max && /[1-9]/.test(fraction));
  if (isAbove) yield `must be at most ${max}, not "${text}"`;
  if (!zeroAllowed && !/[1-9]/.test(text)) yield `must be more than zero, not "${text}"`;
}

function decimal(limits: DecimalLimits) {
  return withoutSecrets(z.string()).superRefine((text, context) => {
    // What looks like a card number has been refused above, and is not repeated.
    if (context.issues.length > 0) return;
    for (const message of faultsOf(text, limits)) context.addIssue({ code: 'custom', message });
  });
}

const schema = z.object({
  merchantId: orNull(z.string()),
  payer: payerInput,
  currency,
  description: freeText({ max: 500, multiline: true }),
  date: orNull(date),
  quantity: or(decimal({ digits: QUANTITY_DIGITS, max: QUANTITY_MAX, zeroAllowed: false }), '1'),
  unitPrice: decimal({ digits: PRICE_DIGITS, max: PRICE_MAX, zeroAllowed: true }),
  taxRate: orNull(decimal({ digits: RATE_DIGITS, max: RATE_MAX, zeroAllowed: true })),
  reference: orNull(freeText({ max: 100 })),
  metadata: orNull(metadata),
  idempotencyKey: idempotencyKey.nullish(),
});

/** `AddInvoiceItemInput`, checked in one go, with what the item comes to. */
export function newItemOf(principal: Principal, input: object): NewItem {
  const { idempotencyKey: _key, merchantId, ...rest } = validated(schema, input);
  return {
    ...rest,
    merchantId: merchantOf(principal, merchantId),
    mode: principal.mode,
    metadata: rest.metadata ?? {},
    amounts: amountsWithin(rest, rest.currency),
  };
}

/** An item of more than can ever be charged at once would make its whole invoice so. */
function amountsWithin(item: PricedItem, currency: Currency): ItemAmounts {
  const amounts = itemAmounts(item, currency);
  assertNotBeyondAll(Money.of(amounts.net + amounts.tax, currency));
  return amounts;
}
