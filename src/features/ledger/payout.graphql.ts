import { Field, ID, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { Money } from '../../kernel/money.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { MovementKindEnum, PayoutStatusEnum } from './ledger-enums.graphql.js';
import type { MovementRow } from './ledger-rows.js';
import type { PayoutRow } from './payouts-sql.js';

@ObjectType('BalanceMovement', {
  description:
    'A movement of the operator’s balance at its payment system, as that told it. Signed: what comes in is positive.',
})
export class BalanceMovementType {
  @Field(() => String, { description: 'The payment system’s own id: `txn_…` at Stripe.' })
  get externalId(): string {
    return this.row.externalId;
  }

  @Field(() => MovementKindEnum, { description: 'What moved it.' })
  get kind(): string {
    return this.row.kind;
  }

  @Field(() => MoneyType, { description: 'In the currency of settlement.' })
  get amount(): MoneyType {
    return new MoneyType(Money.of(this.row.amount, this.row.currency));
  }

  @Field(() => MoneyType, { description: 'What the payment system took off it.' })
  get fee(): MoneyType {
    return new MoneyType(Money.of(this.row.fee, this.row.currency));
  }

  @Field(() => MoneyType, { description: '`amount` less `fee`.' })
  get net(): MoneyType {
    return new MoneyType(Money.of(this.row.net, this.row.currency));
  }

  @Field(() => MoneyType, {
    description: 'The same amount in the payment’s own currency; equal to `amount` where nothing was exchanged.',
  })
  get originalAmount(): MoneyType {
    return new MoneyType(Money.of(this.row.original, this.row.originalCurrency));
  }

  @Field(() => DateTimeScalar, { description: 'From when on it may be paid out.' })
  get availableAt(): Date {
    return this.row.availableAt;
  }

  @Field(() => DateTimeScalar, { description: 'When it moved.' })
  get occurredAt(): Date {
    return this.row.occurredAt;
  }

  @Field(() => String, { nullable: true, description: 'The payment system’s own words for it.' })
  get description(): string | null {
    return this.row.description;
  }

  constructor(readonly row: MovementRow) {}
}

export const BalanceMovementConnection = connectionOf('BalanceMovement', BalanceMovementType);

@ObjectType('Payout', {
  implements: Node,
  description: 'Money that the payment system sends to the operator’s bank. No merchant’s balance changes by it.',
})
export class PayoutType implements Node {
  readonly id: string;

  @Field(() => ID, { description: '`psa_…`: the account at which it was.' })
  get paymentSystemAccountId(): string {
    return publicId('paymentSystemAccount', this.row.accountId);
  }

  @Field(() => String, { description: 'The payment system’s own id: `po_…` at Stripe.' })
  get externalId(): string {
    return this.row.externalId;
  }

  @Field(() => PayoutStatusEnum, { description: 'How far it is.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => MoneyType, { description: 'In the currency of the bank account.' })
  get amount(): MoneyType {
    return new MoneyType(Money.of(this.row.amount, this.row.currency));
  }

  @Field(() => Boolean, {
    description: 'Whether the payment system made it by its schedule. Then it tells which movements it consists of.',
  })
  get automatic(): boolean {
    return this.row.automatic;
  }

  @Field(() => DateTimeScalar, { description: 'When it should be at the bank.' })
  get arrivesAt(): Date {
    return this.row.arrivesAt;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Why it failed, in the payment system’s words. Null: it did not.',
  })
  get failureReason(): string | null {
    return this.row.failureReason;
  }

  @Field(() => DateTimeScalar, { description: 'When it became known here.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  constructor(readonly row: PayoutRow) {
    this.id = publicId('payout', row.id);
  }
}

export const PayoutConnection = connectionOf('Payout', PayoutType);
