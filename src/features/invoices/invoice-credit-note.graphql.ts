import { Field, ObjectType } from 'type-graphql';
import type { Currency } from '../../kernel/currency.js';
import { publicId } from '../../kernel/ids.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateScalar, DateTimeScalar } from '../../platform/graphql/scalars.js';
import { seriesNumber } from './domain/invoice-number.js';
import { CreditNoteStatusEnum, CreditSettlementEnum } from './invoice-enums.graphql.js';
import { type CreditNoteLineRow, type CreditNoteRow, money } from './invoice-rows.js';

@ObjectType('CreditNote', {
  implements: Node,
  description: 'Takes back a part of a closed invoice, which itself is never changed.',
})
export class CreditNoteType implements Node {
  constructor(readonly row: CreditNoteRow) {}

  get id(): string {
    return publicId('creditNote', this.row.id);
  }

  @Field(() => String, {
    description: 'Its place in the merchant’s own series of credit notes, without gaps: "CN-000007".',
  })
  get number(): string {
    return seriesNumber('CN', this.row);
  }

  @Field(() => CreditNoteStatusEnum, { description: 'Where its money is.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => CreditSettlementEnum, { description: 'What becomes of its money; it cannot be changed.' })
  get settlement(): string {
    return this.row.settlement;
  }

  @Field(() => String, { description: 'Why, as given; 1 to 500 characters. Payers may read it.' })
  get reason(): string {
    return this.row.reason;
  }

  @Field(() => MoneyType, { description: 'What is taken back before tax.' })
  get net(): MoneyType {
    return new MoneyType(money(this.row, this.row.net));
  }

  @Field(() => MoneyType, { description: 'The tax that is taken back.' })
  get tax(): MoneyType {
    return new MoneyType(money(this.row, this.row.tax));
  }

  @Field(() => MoneyType, { description: '`net` and `tax` together: what the payer is given back or need not pay.' })
  get total(): MoneyType {
    return new MoneyType(money(this.row, this.row.total));
  }

  @Field(() => DateScalar, { description: 'Its date, in the invoice’s `timeZone`.' })
  get issuedOn(): string {
    return this.row.issuedOn;
  }

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When its money came to where it was to go, or failed to; null while PENDING.',
  })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }
}

@ObjectType('CreditNoteLine', { description: 'What of one item is taken back.' })
export class CreditNoteLineType {
  constructor(
    readonly row: CreditNoteLineRow,
    readonly currency: Currency,
  ) {}

  @Field(() => MoneyType, { description: 'What is taken back of the item before tax.' })
  get net(): MoneyType {
    return new MoneyType(money(this, this.row.net));
  }

  @Field(() => MoneyType, { description: 'What is taken back of the item’s tax.' })
  get tax(): MoneyType {
    return new MoneyType(money(this, this.row.tax));
  }
}
