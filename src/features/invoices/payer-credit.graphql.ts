import { Field, ObjectType } from 'type-graphql';
import type { Currency } from '../../kernel/currency.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { money } from './invoice-rows.js';

export type PayerCreditEntryRow = {
  id: string;
  currency: Currency;
  amount: bigint;
  creditNoteId: string | null;
  invoiceId: string | null;
  createdAt: Date;
};

@ObjectType('PayerCreditEntry', {
  description: 'One change of what a payer has in hand, and its cause. It is only ever added to.',
})
export class PayerCreditEntryType {
  constructor(readonly row: PayerCreditEntryRow) {}

  @Field(() => MoneyType, { description: 'More in hand, or with a minus less.' })
  get amount(): MoneyType {
    return new MoneyType(money(this.row, this.row.amount));
  }

  @Field(() => DateTimeScalar, { description: 'When it came into effect.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }
}

export const PayerCreditEntryConnection = connectionOf('PayerCreditEntry', PayerCreditEntryType);
