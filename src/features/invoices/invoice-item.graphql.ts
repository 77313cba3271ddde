import { Field, ObjectType } from 'type-graphql';
import { type Currency, fractionDigits } from '../../kernel/currency.js';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateScalar, DateTimeScalar, DecimalScalar, JsonObjectScalar } from '../../platform/graphql/scalars.js';
import { plainDecimal } from './domain/exact-decimal.js';
import { type InvoiceItemRow, money } from './invoice-rows.js';

/** One rate of tax on an invoice, and what its items come to. */
export type TaxLineRow = {
  readonly invoiceId: string;
  readonly taxRate: string | null;
  readonly net: bigint;
  readonly tax: bigint;
};

@ObjectType('InvoiceItem', { implements: Node, description: 'A line of an invoice: so much of something at a price.' })
export class InvoiceItemType implements Node {
  constructor(
    readonly row: InvoiceItemRow,
    readonly currency: Currency,
  ) {}

  get id(): string {
    return publicId('invoiceItem', this.row.id);
  }

  @Field(() => String, { description: 'What the payer reads; 1 to 500 characters.' })
  get description(): string {
    return this.row.description;
  }

  @Field(() => DateScalar, { description: 'When it was used or delivered, in the invoice’s `timeZone`.' })
  get date(): string {
    return this.row.date;
  }

  @Field(() => DecimalScalar, { description: 'How much of it: more than 0, with up to 6 fraction digits.' })
  get quantity(): string {
    return plainDecimal(this.row.quantity);
  }

  @Field(() => DecimalScalar, {
    description:
      'What one costs before tax, in major units of the invoice’s currency, with up to 8 fraction digits: a metered ' +
      'unit may cost less than the smallest coin.',
  })
  get unitPrice(): string {
    return plainDecimal(this.row.unitPrice, fractionDigits(this.currency));
  }

  @Field(() => DecimalScalar, {
    nullable: true,
    description: 'Percent: "19" or "8.1". Null: no tax was said, which is not the same as "0".',
  })
  get taxRate(): string | null {
    return this.row.taxRate && plainDecimal(this.row.taxRate);
  }

  @Field(() => MoneyType, { description: '`quantity` × `unitPrice`, rounded to the currency’s smallest unit.' })
  get net(): MoneyType {
    return new MoneyType(money(this, this.row.net));
  }

  @Field(() => MoneyType, { description: '`net` × `taxRate`, rounded to the currency’s smallest unit.' })
  get tax(): MoneyType {
    return new MoneyType(money(this, this.row.tax));
  }

  @Field(() => MoneyType, { description: '`net` and `tax` together.' })
  get total(): MoneyType {
    return new MoneyType(money(this, this.row.net + this.row.tax));
  }

  @Field(() => String, { nullable: true, description: "The merchant's own id of it, unique per merchant and mode." })
  get reference(): string | null {
    return this.row.reference;
  }

  @Field(() => JsonObjectScalar, { description: "The merchant's own notes; payers do not see them." })
  get metadata(): Record<string, unknown> {
    return this.row.metadata;
  }

  @Field(() => DateTimeScalar, { description: 'When it was added; lists are in the order of this, newest first.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }
}

export const InvoiceItemConnection = connectionOf('InvoiceItem', InvoiceItemType);

@ObjectType('TaxLine', { description: 'All items of one tax rate. Tax lines add up to the invoice, to the last unit.' })
export class TaxLineType {
  constructor(
    private readonly row: TaxLineRow,
    readonly currency: Currency,
  ) {}

  @Field(() => DecimalScalar, { nullable: true, description: 'Percent. Null: items of which no tax was said.' })
  get rate(): string | null {
    return this.row.taxRate && plainDecimal(this.row.taxRate);
  }

  @Field(() => MoneyType, { description: 'What its items come to before tax.' })
  get net(): MoneyType {
    return new MoneyType(money(this, this.row.net));
  }

  @Field(() => MoneyType, { description: 'The sum of its items’ taxes, each rounded by itself.' })
  get tax(): MoneyType {
    return new MoneyType(money(this, this.row.tax));
  }
}
