import { publicId } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import type { OrderRow } from '../orders/index.js';
import type { PayableAccount } from './checkout-sql.js';
import { TEXTS } from './domain/all-texts.js';
import { amountText, countryName } from './domain/amount-text.js';
import type { PageLanguage } from './domain/language.js';
import type { Texts } from './domain/texts.js';
import type { OrderView } from './order-view.js';

/** What every page of an order is made with. */
export interface PageContext {
  readonly language: PageLanguage;
  readonly texts: Texts;
  /** The way to the pages, without a slash at its end: `/pay`. */
  readonly base: string;
  /** The order's own pages: `/pay/<token>`. */
  readonly path: string;
  /** `?lang=ro` where the payer has chosen a language, which then goes with them. */
  readonly query: string;
}

export function pageContext(language: PageLanguage, base: string, token: string, isChosen: boolean): PageContext {
  const query = isChosen ? `?lang=${language}` : '';
  return { language, texts: TEXTS[language], base, path: `${base}/${token}`, query };
}

export function amountOf({ currency }: OrderRow, minor: bigint, { language }: Pick<PageContext, 'language'>): string {
  return amountText(Money.of(minor, currency), language);
}

const SYSTEM_NAMES: Readonly<Record<PayableAccount['kind'], string>> = { STRIPE: 'Stripe' };

/** The systems under names that tell them apart: by themselves, else with their country, else numbered. */
export function namedSystems(
  choice: readonly PayableAccount[],
  { language, texts }: PageContext,
): readonly { readonly id: string; readonly name: string }[] {
  const names = choice.map(({ kind, country }) =>
    country ? `${SYSTEM_NAMES[kind]} – ${countryName(country, language)}` : SYSTEM_NAMES[kind],
  );
  return choice.map(({ id }, index) => {
    const name = names[index] ?? '';
    const before = names.slice(0, index).filter((each) => each === name).length;
    const isAlone = names.filter((each) => each === name).length === 1;
    return {
      id: publicId('paymentSystemAccount', id),
      name: isAlone ? name : texts.numbered(name, before + 1),
    };
  });
}

/** On whose page the card is entered. */
export function systemName(): string {
  return SYSTEM_NAMES.STRIPE;
}

/**
 * Back to the shop, which finds the order by what is added to its own address.
 * Never how the order stands: anybody can write that into an address, and a
 * shop that read it there would believe them.
 */
export function shopUrl({ order }: Pick<OrderView, 'order'>): string | null {
  if (order.returnUrl === null) return null;
  const url = URL.parse(order.returnUrl);
  if (!url) return null;
  url.searchParams.set('orderNumber', order.orderNumber);
  url.searchParams.set('orderId', publicId('order', order.id));
  return url.href;
}
