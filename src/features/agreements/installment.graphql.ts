import { Field, Int, ObjectType } from 'type-graphql';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { DateTimeScalar } from '../../platform/graphql/scalars.js';
import { InstallmentStatusEnum } from './agreement-enums.graphql.js';
import { moneyOf } from './agreement-parts.graphql.js';
import type { AgreementRow } from './agreement-rows.js';
import type { InstallmentPart, InstallmentStatus, InstallmentTotals } from './installments.js';

@ObjectType('Installment', { description: 'A part of an instalment plan.' })
export class InstallmentType {
  constructor(
    readonly agreement: AgreementRow,
    readonly part: InstallmentPart,
  ) {}

  @Field(() => Int, { description: 'Its place in the plan, from 1.' })
  get number(): number {
    return this.part.number;
  }

  @Field(() => MoneyType, { description: 'All parts add up to the total exactly; the odd unit is in the first ones.' })
  get amount(): MoneyType {
    return moneyOf(this.agreement, this.part.amount);
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is or was to be charged; null while a part that the payer pays in person is waited for.',
  })
  get dueAt(): Date | null {
    return this.part.dueAt;
  }

  @Field(() => InstallmentStatusEnum, { description: 'Whether it is to come, owed, paid or given up.' })
  get status(): InstallmentStatus {
    return this.part.status;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the money came; null for a part that is owed.' })
  get paidAt(): Date | null {
    return this.part.paidAt;
  }
}

@ObjectType({ description: 'What an instalment plan comes to.' })
export class InstallmentStatement {
  constructor(
    private readonly agreement: AgreementRow,
    private readonly totals: InstallmentTotals,
  ) {}

  @Field(() => MoneyType, { description: 'The sum of all parts.' })
  get total(): MoneyType {
    return moneyOf(this.agreement, this.totals.total);
  }

  @Field(() => MoneyType, { description: 'The sum of the parts that are PAID or PAID_OFF.' })
  get paid(): MoneyType {
    return moneyOf(this.agreement, this.totals.paid);
  }

  @Field(() => MoneyType, {
    description:
      'What is still to be paid: parts that are PLANNED, OPEN or FAILED. `payOffAgreement` charges it at once.',
  })
  get due(): MoneyType {
    return moneyOf(this.agreement, this.totals.due);
  }

  @Field(() => Int, { description: 'How many parts make up `paid`.' })
  get partsPaid(): number {
    return this.totals.partsPaid;
  }

  @Field(() => Int, { description: 'How many parts make up `due`.' })
  get partsDue(): number {
    return this.totals.partsDue;
  }
}
