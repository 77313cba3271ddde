import { aShop, type Json, type Product, type Shop } from '../../support/product.js';

type MoneyView = { readonly amount: string; readonly currency: string };

export interface EntryView {
  readonly postingId: string;
  readonly kind: string;
  readonly account: string;
  readonly amount: MoneyView;
  readonly order: { readonly id: string } | null;
  readonly payout: { readonly id: string } | null;
  readonly settlement: { readonly id: string; readonly reference: string } | null;
  readonly otherEntries: readonly { readonly account: string; readonly amount: MoneyView }[];
}

const ENTRY = `postingId kind account amount { amount currency } order { id } payout { id } settlement { id reference }
  otherEntries { account amount { amount currency } }`;

/** A shop on an account of its own, and what its balance and its operator's books say. */
export async function aShopWithBooks(product: Product, features: Json = {}): Promise<Books> {
  return new Books(product, await aShop(product, features));
}

export class Books {
  constructor(
    readonly product: Product,
    readonly shop: Shop,
  ) {}

  /** "USD available 0.00 pending 100.00 fees -3.20" for each currency. */
  async balance(asker: Shop | Shop['operator'] = this.shop): Promise<readonly string[]> {
    const { merchant } = await asker.ask<{ merchant: { balance: Record<string, MoneyView & string>[] } }>(
      `query ($id: ID!) { merchant(id: $id) { balance { currency available { amount } pending { amount }
        fees { amount } total { amount } } } }`,
      { id: this.shop.id },
    );
    return merchant.balance.map(({ currency, available, pending, fees, total }) => {
      const sum = [available, pending, fees].reduce((all, each) => all + Number(each?.amount), 0);
      if (Math.abs(sum - Number(total?.amount)) > 0.001) throw new Error(`total is ${total?.amount}, not ${sum}`);
      return `${currency} available ${available?.amount} pending ${pending?.amount} fees ${fees?.amount}`;
    });
  }

  async entries(variables: Json = {}, asker: Shop | Shop['operator'] = this.shop): Promise<EntryView[]> {
    const { merchant } = await asker.ask<{ merchant: { ledgerEntries: { nodes: EntryView[] } } }>(
      `query ($id: ID!, $first: Int, $after: String, $currency: CurrencyCode, $account: MerchantAccount) {
        merchant(id: $id) { ledgerEntries(first: $first, after: $after, currency: $currency, account: $account) {
          nodes { ${ENTRY} } } } }`,
      { id: this.shop.id, ...variables },
    );
    return merchant.ledgerEntries.nodes;
  }

  /** What was posted of an order, as "CAPTURE PENDING 100.00 USD", in the order of posting. */
  async ofOrder(id: string, asker: Shop | Shop['operator'] = this.shop.operator): Promise<readonly string[]> {
    const { order } = await asker.ask<{ order: { ledgerEntries: EntryView[] } }>(
      `query ($id: ID!) { order(id: $id) { ledgerEntries { ${ENTRY} } } }`,
      { id },
    );
    return order.ledgerEntries.map(inWords);
  }

  /** The operator's own accounts, as "CLEARING -96.80 USD"; what has come to nothing again is left out. */
  async accounts(): Promise<readonly string[]> {
    const { operator } = await this.shop.operator.ask<{
      operator: { ledgerAccounts: { account: string; balance: MoneyView }[] };
    }>('query { operator { ledgerAccounts { account balance { amount currency } } } }');
    return operator.ledgerAccounts
      .filter(({ balance }) => Number(balance.amount) !== 0)
      .map(({ account, balance }) => `${account} ${balance.amount} ${balance.currency}`)
      .sort();
  }

  settle(input: Json): Promise<Json & { code?: string; message?: string; settlement?: { id: string } }> {
    return this.shop.operator.do(
      'recordSettlement',
      { merchantId: this.shop.id, reference: 'transfer 1', ...input },
      'settlement { id amount { amount currency } fees { amount } reference inAdvance occurredAt merchant { id } }',
    );
  }

  /** Three days on: whatever was pending is available. */
  async untilAvailable(): Promise<void> {
    this.product.advance(3 * 24 * 3600);
    await this.product.settle();
  }
}

export function inWords({ kind, account, amount }: EntryView): string {
  return `${kind} ${account} ${amount.amount} ${amount.currency}`;
}
