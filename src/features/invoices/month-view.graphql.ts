import { Field, Int, ObjectType } from 'type-graphql';
import { Money } from '../../kernel/money.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { CurrencyCodeScalar, DecimalScalar } from '../../platform/graphql/scalars.js';
import type { MonthTotals } from './domain/month-totals.js';

@ObjectType({ description: 'How many of a kind there are, and what they come to with tax.' })
export class InvoiceMonthPart {
  @Field(() => Int, { description: 'How many there are.' })
  readonly count!: number;

  @Field(() => MoneyType, { description: 'The sum of their totals, with tax.' })
  readonly total!: MoneyType;
}

/** Getters, so that what is not asked for is not made. */
@ObjectType('InvoiceMonthTotals', { description: 'The invoices of a month in one currency.' })
export class InvoiceMonthTotals {
  constructor(private readonly totals: MonthTotals) {}

  @Field(() => CurrencyCodeScalar, { description: 'Of all amounts here: "EUR".' })
  get currency(): string {
    return this.totals.currency;
  }

  @Field(() => InvoiceMonthPart, {
    description: 'What still gathers items; its total is as of each draft’s `totalsAt`.',
  })
  get drafts(): InvoiceMonthPart {
    return this.part('DRAFT');
  }

  @Field(() => InvoiceMonthPart, {
    description: 'All that was closed: `paid`, `open`, `pastDue`, `void` and `uncollectible` together.',
  })
  get closed(): InvoiceMonthPart {
    return this.part('CLOSED');
  }

  @Field(() => InvoiceMonthPart, { description: 'Those that are PAID, by whatever way.' })
  get paid(): InvoiceMonthPart {
    return this.part('PAID');
  }

  @Field(() => InvoiceMonthPart, { description: 'Those that are owed and not past due.' })
  get open(): InvoiceMonthPart {
    return this.part('OPEN');
  }

  @Field(() => InvoiceMonthPart, { description: 'Those that are owed and past due.' })
  get pastDue(): InvoiceMonthPart {
    return this.part('PAST_DUE');
  }

  @Field(() => InvoiceMonthPart, {
    description: 'Those that were closed and are VOID; drafts thrown away are in nothing.',
  })
  get void(): InvoiceMonthPart {
    return this.part('VOID');
  }

  @Field(() => InvoiceMonthPart, { description: 'Those that were written off.' })
  get uncollectible(): InvoiceMonthPart {
    return this.part('UNCOLLECTIBLE');
  }

  @Field(() => InvoiceMonthPart, {
    description: 'All credit notes of these invoices, whenever they were made, but those whose refund failed.',
  })
  get credited(): InvoiceMonthPart {
    return this.part('CREDIT_NOTES');
  }

  @Field(() => MoneyType, { description: 'What is left to pay of those that are open or past due.' })
  get amountDue(): MoneyType {
    return this.money(this.totals.due);
  }

  @Field(() => MoneyType, { description: 'What payers’ credit has paid of them.' })
  get creditApplied(): MoneyType {
    return this.money(this.totals.creditApplied);
  }

  @Field(() => MoneyType, { description: 'What came in money, through us and past us; refunds do not lessen it.' })
  get collected(): MoneyType {
    return this.money(this.totals.collected);
  }

  @Field(() => MoneyType, {
    description: 'What of `collected` is with payers again: given back, or disputed at their cards’ banks and not won.',
  })
  get refunded(): MoneyType {
    return this.money(this.totals.refunded);
  }

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      'What share of the money that was asked for came: "0.9731", from 0 to 1, rounded down. Asked for is what was ' +
      'closed and is not void, less what payers’ credit and credit notes took off it before it was paid. Null where ' +
      'nothing was.',
  })
  get collectedShare(): string | null {
    return this.totals.collectedShare;
  }

  private part(kind: keyof MonthTotals['of']): InvoiceMonthPart {
    const { count, total } = this.totals.of[kind];
    return { count, total: this.money(total) };
  }

  private money(minor: bigint): MoneyType {
    return new MoneyType(Money.of(minor, this.totals.currency));
  }
}

@ObjectType({ description: 'The invoices of a month, as an operator sees them.' })
export class InvoiceMonth {
  @Field(() => String, { description: 'The month that their items are dated in: "2026-10".' })
  readonly month!: string;

  @Field(() => [InvoiceMonthTotals], {
    description: 'Per currency that there is an invoice in, in the order of their codes.',
  })
  readonly currencies!: readonly InvoiceMonthTotals[];
}
