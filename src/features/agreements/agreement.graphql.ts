import { Field, ID, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import {
  CurrencyCodeScalar,
  DateTimeScalar,
  EventCursorScalar,
  JsonObjectScalar,
} from '../../platform/graphql/scalars.js';
import { AgreementTypeEnum } from '../orders/index.js';
import { AgreementStatusEnum, SuspensionCauseEnum } from './agreement-enums.graphql.js';
import { AgreementTermsType, ChargeAmountType, moneyOf, ScheduleType, TopUpType } from './agreement-parts.graphql.js';
import { type AgreementRow, scheduleOf } from './agreement-rows.js';
import { chargeAmountOf } from './plan.js';

/** Getters wherever making a value costs something, so that a list pays only for what was asked. */
@ObjectType('Agreement', { implements: Node, description: 'A payer’s consent to be charged later, with its limits.' })
export class AgreementType implements Node {
  constructor(readonly row: AgreementRow) {}

  get id(): string {
    return publicId('agreement', this.row.id);
  }

  @Field(() => String, {
    description: "The merchant's own id of it, unique per merchant and mode; made by us where none was given.",
  })
  get reference(): string {
    return this.row.reference;
  }

  @Field(() => AgreementTypeEnum, { description: 'What the charges are for, as the card schemes tell them apart.' })
  get type(): string {
    return this.row.type;
  }

  @Field(() => AgreementStatusEnum, { description: 'Whether it may be charged now, and if not, why not.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => SuspensionCauseEnum, {
    nullable: true,
    description: 'What made it SUSPENDED; null in every other status.',
  })
  get suspendedBecause(): string | null {
    return this.row.suspendedBecause;
  }

  @Field(() => CurrencyCodeScalar, { description: 'Of all its amounts and charges: "EUR". It cannot be changed.' })
  get currency(): string {
    return this.row.currency;
  }

  @Field(() => AgreementTermsType, { description: 'What the payer agreed to; no charge goes beyond it.' })
  get terms(): AgreementTermsType {
    return new AgreementTermsType(this.row);
  }

  @Field(() => ChargeAmountType, {
    nullable: true,
    description: 'How much each charge is; null where the merchant names an amount each time.',
  })
  get chargeAmount(): ChargeAmountType | null {
    const amount = chargeAmountOf(this.row);
    return amount && new ChargeAmountType(this.row, amount);
  }

  @Field(() => ScheduleType, { nullable: true, description: 'Null: it is charged only when the merchant asks.' })
  get schedule(): ScheduleType | null {
    return scheduleOf(this.row);
  }

  @Field(() => TopUpType, { nullable: true, description: 'What `reportBalance` charges when the balance is low.' })
  get topUp(): TopUpType | null {
    const { topUpThreshold, topUpAmount } = this.row;
    if (topUpThreshold === null || topUpAmount === null) return null;
    return { threshold: moneyOf(this.row, topUpThreshold), amount: moneyOf(this.row, topUpAmount) };
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the schedule charges next. Null without a schedule, and while nothing is charged.',
  })
  get nextChargeAt(): Date | null {
    return this.row.nextChargeAt;
  }

  @Field(() => Int, {
    description: 'Charges by the merchant that were paid; what the payer paid in person is not among them.',
  })
  get paymentsMade(): number {
    return this.row.paymentsMade;
  }

  @Field(() => Int, {
    nullable: true,
    description: 'How many are left of `terms.numberOfPayments`; null where no number was agreed on.',
  })
  get paymentsRemaining(): number | null {
    const { numberOfPayments, paymentsMade } = this.row;
    return numberOfPayments === null ? null : numberOfPayments - paymentsMade;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When the payer made the transaction that established it; null until then.',
  })
  get firstTransactionAt(): Date | null {
    return this.row.firstCitAt;
  }

  @Field(() => String, {
    nullable: true,
    description: 'What that transaction is known by: our bill number, or for an imported agreement its id elsewhere.',
  })
  get firstTransactionReference(): string | null {
    return this.row.firstCitReference;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is CANCELED if the payer’s first transaction has not come. Only while PENDING.',
  })
  get pendingUntil(): Date | null {
    return this.row.status === 'PENDING' ? this.row.pendingUntil : null;
  }

  @Field(() => JsonObjectScalar, { description: "The merchant's own notes." })
  get metadata(): Record<string, unknown> {
    return this.row.metadata;
  }

  @Field(() => DateTimeScalar, { description: 'When it was made here. Lists are in the order of this, newest first.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { description: 'When its status, its terms or anything else of it last changed.' })
  get updatedAt(): Date {
    return this.row.updatedAt;
  }
}

export const AgreementConnection = connectionOf('Agreement', AgreementType);

@ObjectType({ description: 'An agreement came to another status.' })
export class AgreementStatusChanged {
  @Field(() => EventCursorScalar, { description: 'Give the last one you saw to `after` when you reconnect.' })
  readonly cursor!: string;

  @Field(() => DateTimeScalar, { description: 'When the agreement came to `status`; not when you were told.' })
  readonly occurredAt!: Date;

  @Field(() => AgreementStatusEnum, { nullable: true, description: 'Null for an agreement that has just been made.' })
  readonly previousStatus!: string | null;

  @Field(() => AgreementStatusEnum, {
    description: 'The status it came to then; `agreement.status` is the one it has now.',
  })
  readonly status!: string;

  @Field(() => ID, { description: 'The agreement, where only its id is needed.' })
  readonly agreementId!: string;

  readonly agreementUuid!: string;
}
