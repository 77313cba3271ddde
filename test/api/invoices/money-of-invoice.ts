import { uuidOf } from '../../../src/kernel/ids.js';
import { sdk } from '../../contract/stripe-sandbox/sandbox.js';
import { asOwner } from '../../support/charging.js';
import { attend } from '../../support/invoicing.js';
import { PayerAtPage } from '../../support/payer-pages.js';
import type { Json, Product, Shop } from '../../support/product.js';
import { invoiceOf } from './by-hand.js';

type OrderMoney = {
  id: string;
  paymentId: string | null;
  captured: bigint;
  refunded: bigint;
  disputed: bigint;
  byDebit: boolean;
};

/** All money of one invoice, and what banks do with it. */
export class MoneyOfInvoice {
  readonly #uuid: string;

  constructor(
    private readonly product: Product,
    private readonly shop: Shop,
    private readonly id: string,
  ) {
    this.#uuid = uuidOf('invoice', id) ?? '';
  }

  async attend(): Promise<void> {
    await this.product.settle();
    await attend(this.product);
    await this.product.settle();
  }

  /** Pays on the page that waits; false where none does. */
  async payOnPage(payment: { card?: string; iban?: string } = { card: 'pm_card_visa' }): Promise<boolean> {
    const { order } = await invoiceOf(this.shop, this.id);
    if (order?.status !== 'CREATED') return false;
    const page = await new PayerAtPage(this.product, this.shop, order.id).open();
    this.product.sandbox.control.payCheckout(page ?? '', payment);
    await this.attend();
    return true;
  }

  async debitsArrive(): Promise<void> {
    this.product.advance(5.5 * 86_400);
    await this.attend();
  }

  /** The bank takes the last debit back that it has not taken back yet; false where there is none. */
  async comesBack(): Promise<boolean> {
    const paid = (await this.orders()).findLast((each) => each.byDebit && each.captured > 0n && each.disputed === 0n);
    if (!paid?.paymentId) return false;
    const stripe = sdk(this.product.sandbox, this.shop.stripe.secretKey);
    const { latest_charge: charge } = await stripe.paymentIntents.retrieve(paid.paymentId);
    this.product.sandbox.control.createDispute(String(charge));
    await this.attend();
    return true;
  }

  /** The last debit that came back is won, which a bank's word that it is lost does not rule out; false where there is none. */
  async isWon(): Promise<boolean> {
    const [open] = await asOwner<{ id: string }>(
      this.product,
      `select d.external_id as id from disputes d join orders o on o.id = d.order_id
       where o.invoice_id = $1 and d.status <> 'WON' order by d.id desc limit 1`,
      [this.#uuid],
    );
    if (!open) return false;
    this.product.sandbox.control.resolveDispute(open.id, 'won');
    await this.attend();
    return true;
  }

  async overpaid(): Promise<Json[]> {
    const sql = `select payload from events where type = 'invoice.overpaid' and subject_id = $1 order by sequence`;
    return (await asOwner<{ payload: Json }>(this.product, sql, [this.#uuid])).map(({ payload }) => payload);
  }

  /** Whether all that orders have brought and kept is in `paid`, but for what was paid past us; or told of and left to a person. */
  async isAccountedFor(outside = 0n): Promise<boolean> {
    const orders = await this.orders();
    const kept = orders.reduce((sum, each) => sum + keptOf(each), 0n);
    const [invoice] = await asOwner<{ counted: string }>(
      this.product,
      'select paid_minor - refunded_minor as counted from invoices where id = $1',
      [this.#uuid],
    );
    const beside = kept - (BigInt(invoice?.counted ?? 0) - outside);
    const told = (await this.overpaid()).filter(({ operationId }) => operationId === null);
    const left = told.reduce((sum, { amount }) => sum + BigInt(String(amount).replace('.', '')), 0n);
    return beside >= 0n && beside <= left;
  }

  private async orders(): Promise<OrderMoney[]> {
    const rows = await asOwner<Record<keyof OrderMoney, unknown>>(
      this.product,
      `select id, external_payment_id as "paymentId", captured_minor as captured, refunded_minor as refunded,
         disputed_minor as disputed, by_debit as "byDebit" from orders where invoice_id = $1 order by id`,
      [this.#uuid],
    );
    return rows.map((row) => ({
      ...(row as OrderMoney),
      captured: BigInt(String(row.captured)),
      refunded: BigInt(String(row.refunded)),
      disputed: BigInt(String(row.disputed)),
    }));
  }
}

/** A card's dispute is argued about first. Who gave back what the bank took back as well is out of more than came. */
function keptOf({ captured, refunded, disputed, byDebit }: OrderMoney): bigint {
  const kept = captured - refunded - (byDebit ? disputed : 0n);
  return kept > 0n ? kept : 0n;
}
