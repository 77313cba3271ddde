import { Field, ID, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { LedgerAccountNameEnum, PostingKindEnum } from './ledger-enums.graphql.js';
import type { EntryRow } from './ledger-rows.js';

/** Further fields, such as the order that caused it, are added by those who know them. */
@ObjectType('LedgerEntry', {
  description: 'One line of a posting: what changed on one account. Entries are only ever added.',
})
export class LedgerEntryType {
  @Field(() => ID, { description: '`pst_…`: the posting, which the lines that belong together have in common.' })
  get postingId(): string {
    return publicId('ledgerPosting', this.row.postingId);
  }

  @Field(() => PostingKindEnum, { description: 'What happened.' })
  get kind(): string {
    return this.row.kind;
  }

  @Field(() => LedgerAccountNameEnum, { description: 'Which account changed.' })
  get account(): string {
    return this.row.account;
  }

  @Field(() => MoneyType, {
    description: 'By how much. Above zero is in favour of the merchant; on the operator’s own accounts, a credit.',
  })
  get amount(): MoneyType {
    return new MoneyType(Money.of(this.row.amount, this.row.currency));
  }

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  get occurredAt(): Date {
    return this.row.occurredAt;
  }

  @Field(() => DateTimeScalar, {
    description: 'When it was posted, which is later where the payment system told of it later. Statements go by this.',
  })
  get postedAt(): Date {
    return this.row.postedAt;
  }

  @Field(() => ID, {
    nullable: true,
    description:
      '`psa_…` for the operator’s accounts at a payment system. Null for a merchant’s balance and for settlements.',
  })
  get paymentSystemAccountId(): string | null {
    return this.row.accountId && publicId('paymentSystemAccount', this.row.accountId);
  }

  constructor(readonly row: EntryRow) {}
}

export const LedgerEntryConnection = connectionOf('LedgerEntry', LedgerEntryType);
