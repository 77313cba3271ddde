import { Field, ID, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import {
  CurrencyCodeScalar,
  DateScalar,
  DateTimeScalar,
  EventCursorScalar,
  TimeZoneScalar,
} from '../../platform/graphql/scalars.js';
import { invoiceNumber } from './domain/invoice-number.js';
import { ChargeStopEnum, InvoiceStatusEnum } from './invoice-enums.graphql.js';
import { amountDue, type InvoiceRow, money } from './invoice-rows.js';

/** Getters wherever making a value costs something, so that a list pays only for what was asked. */
@ObjectType('Invoice', {
  implements: Node,
  description:
    'What a payer owes a merchant for a month. All its amounts are in its currency; of a DRAFT they are as of `totalsAt`.',
})
export class InvoiceType implements Node {
  constructor(readonly row: InvoiceRow) {}

  get id(): string {
    return publicId('invoice', this.row.id);
  }

  @Field(() => String, {
    nullable: true,
    description:
      'Its place in the merchant’s series, which has no gaps: "INV-000042", and "TEST-INV-000042" where no real money ' +
      'is meant. Null until it is closed.',
  })
  get number(): string | null {
    return invoiceNumber(this.row);
  }

  @Field(() => InvoiceStatusEnum, { description: 'How it stands now.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => String, { description: 'The month that its items are dated in: "2026-10".' })
  get month(): string {
    return this.row.month.slice(0, 7);
  }

  @Field(() => TimeZoneScalar, {
    description: 'The zone of its dates: the merchant’s when its first item was added.',
  })
  get timeZone(): string {
    return this.row.timeZone;
  }

  @Field(() => String, { description: 'What the payer reads at its head; 1 to 200 characters.' })
  get title(): string {
    return this.row.title;
  }

  @Field(() => CurrencyCodeScalar, { description: 'Of all its amounts: "EUR".' })
  get currency(): string {
    return this.row.currency;
  }

  @Field(() => MoneyType, { description: 'What its items come to before tax.' })
  get subtotal(): MoneyType {
    return this.amount(this.row.subtotal);
  }

  @Field(() => MoneyType, { description: 'The sum of its items’ taxes, each rounded by itself.' })
  get tax(): MoneyType {
    return this.amount(this.row.tax);
  }

  @Field(() => MoneyType, {
    description: '`subtotal` and `tax` together. It never changes once the invoice is closed.',
  })
  get total(): MoneyType {
    return this.amount(this.row.total);
  }

  @Field(() => MoneyType, { description: 'What of it the payer’s credit has paid, as it was closed.' })
  get creditApplied(): MoneyType {
    return this.amount(this.row.creditApplied);
  }

  @Field(() => MoneyType, { description: 'What credit notes took off it before it was paid.' })
  get credited(): MoneyType {
    return this.amount(this.row.credited);
  }

  @Field(() => MoneyType, { description: 'What was paid, by an order or outside; refunds do not lessen it.' })
  get paid(): MoneyType {
    return this.amount(this.row.paid);
  }

  @Field(() => MoneyType, {
    description: 'What of `paid` is with the payer again: given back, or disputed at their card’s bank and not won.',
  })
  get refunded(): MoneyType {
    return this.amount(this.row.refunded);
  }

  @Field(() => MoneyType, {
    description:
      'What is left to pay: `total` less `creditApplied`, `credited` and `paid`. Nothing on a VOID invoice; of a DRAFT ' +
      'what it comes to so far.',
  })
  get amountDue(): MoneyType {
    return this.amount(amountDue(this.row));
  }

  @Field(() => Int, { description: 'How many items it has; of a DRAFT as of `totalsAt`.' })
  get itemCount(): number {
    return this.row.itemCount;
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: 'Its date: the day on which it was closed. Null until then.',
  })
  get issuedOn(): string | null {
    return this.row.issuedOn;
  }

  @Field(() => DateScalar, {
    nullable: true,
    description: 'Paid until the end of this day in its `timeZone`, or it is PAST_DUE. Null until it is closed.',
  })
  get dueOn(): string | null {
    return this.row.dueOn;
  }

  @Field(() => DateTimeScalar, {
    description: 'When a DRAFT is closed by itself: as the 2nd of the next month begins in its `timeZone`.',
  })
  get closesAt(): Date {
    return this.row.closeAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was closed, and thereby numbered and owed.' })
  get closedAt(): Date | null {
    return this.row.closedAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it became PAID; null while it is not.' })
  get paidAt(): Date | null {
    return this.row.paidAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was thrown away; null unless VOID.' })
  get voidedAt(): Date | null {
    return this.row.voidedAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was last written off; null if it never was.' })
  get uncollectibleAt(): Date | null {
    return this.row.uncollectibleAt;
  }

  @Field(() => DateTimeScalar, {
    description:
      'What moment its amounts are of. Those of a DRAFT are refreshed every hour; a closed one has final ones.',
  })
  get totalsAt(): Date {
    return this.row.totalsAt;
  }

  @Field(() => Int, { description: 'How often it was tried to be charged.' })
  get attempts(): number {
    return this.row.attempts;
  }

  @Field(() => String, { nullable: true, description: 'Why the last attempt was declined, in the bank’s words.' })
  get declineCode(): string | null {
    return this.row.declineCode;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is charged next by itself; null when nothing of that kind is going to happen.',
  })
  get retryAt(): Date | null {
    return this.row.retryAt;
  }

  @Field(() => ChargeStopEnum, {
    nullable: true,
    description: 'Why it is not charged by itself any more; its payer may still pay it. Null while it is.',
  })
  get chargeStop(): string | null {
    return this.row.chargeStop;
  }

  @Field(() => String, {
    nullable: true,
    description: 'In words, where there is more to say: which limit it was, or why no agreement fits. Null else.',
  })
  get chargeStopDetail(): string | null {
    return this.row.chargeStopDetail;
  }

  @Field(() => String, {
    nullable: true,
    description: 'How it was paid past us, such as the number of a bank transfer; null unless it was.',
  })
  get paidOutside(): string | null {
    return this.row.paidOutside;
  }

  @Field(() => DateTimeScalar, { description: 'When its first item was added. Lists are in this order, newest first.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { description: 'When it last changed; items that come to a DRAFT are no change.' })
  get updatedAt(): Date {
    return this.row.updatedAt;
  }

  private amount(minor: bigint): MoneyType {
    return new MoneyType(money(this.row, minor));
  }
}

export const InvoiceConnection = connectionOf('Invoice', InvoiceType);

@ObjectType({ description: 'An invoice came to another status.' })
export class InvoiceStatusChanged {
  @Field(() => EventCursorScalar, { description: 'Give the last one you saw to `after` when you reconnect.' })
  readonly cursor!: string;

  @Field(() => DateTimeScalar, { description: 'When the invoice came to `status`; not when you were told.' })
  readonly occurredAt!: Date;

  @Field(() => InvoiceStatusEnum, { nullable: true, description: 'Null for a DRAFT that has just been begun.' })
  readonly previousStatus!: string | null;

  @Field(() => InvoiceStatusEnum, {
    description: 'The status it came to then; `invoice.status` is the one it has now.',
  })
  readonly status!: string;

  @Field(() => ID, { description: 'The invoice, where only its id is needed.' })
  readonly invoiceId!: string;

  readonly invoiceUuid!: string;
}
