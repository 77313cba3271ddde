import { Field, ID, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { MoneyType } from '../../platform/graphql/money.graphql.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar, JsonObjectScalar } from '../../platform/graphql/scalars.js';
import { ChangeKindEnum, ChargeKindEnum, ChargeStatusEnum, GiveUpCauseEnum } from './agreement-enums.graphql.js';
import { moneyOf } from './agreement-parts.graphql.js';
import type { AgreementRow, ChangeRow, ChargeRow } from './agreement-rows.js';
import { toldChange } from './told-change.js';

@ObjectType('AgreementCharge', {
  implements: Node,
  description: 'What is charged under an agreement, once: a period, a part, a top-up. Its attempts are orders.',
})
export class AgreementChargeType implements Node {
  constructor(
    readonly row: ChargeRow,
    private readonly agreement: AgreementRow,
  ) {}

  get id(): string {
    return publicId('agreementCharge', this.row.id);
  }

  @Field(() => ID, { description: 'Under which agreement it is charged, `agr_…`.' })
  get agreementId(): string {
    return publicId('agreement', this.row.agreementId);
  }

  @Field(() => Int, {
    nullable: true,
    description:
      'The period, from 1 for the whole life of the agreement: each is charged once. Null outside the schedule.',
  })
  get number(): number | null {
    return this.row.number;
  }

  @Field(() => ChargeKindEnum, { description: 'What made it: the schedule, the merchant, or a low balance.' })
  get kind(): string {
    return this.row.kind;
  }

  @Field(() => MoneyType, {
    description: 'Fixed when the charge was made, drawn amounts too; every attempt is for it.',
  })
  get amount(): MoneyType {
    return moneyOf(this.agreement, this.row.amount);
  }

  @Field(() => DateTimeScalar, { description: 'When it was to be charged.' })
  get plannedAt(): Date {
    return this.row.plannedAt;
  }

  @Field(() => ChargeStatusEnum, { description: 'Whether it was paid, is being tried, or was given up.' })
  get status(): string {
    return this.row.status;
  }

  @Field(() => Int, { description: 'How often it was tried, an attempt under way included.' })
  get attempts(): number {
    return this.row.attempts;
  }

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it is tried again; null while an attempt is under way, and when there will be none.',
  })
  get retryAt(): Date | null {
    return this.row.retryAt;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'Why an attempt was declined last, in the words of the payment system: "insufficient_funds". It stays when a later ' +
      'attempt is paid.',
  })
  get declineCode(): string | null {
    return this.row.declineCode;
  }

  @Field(() => GiveUpCauseEnum, { nullable: true, description: 'Why it is FAILED; null in every other status.' })
  get gaveUpBecause(): string | null {
    return this.row.gaveUpBecause;
  }

  @Field(() => DateTimeScalar, { description: 'When it was first taken up.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was paid or given up; null while OPEN.' })
  get finishedAt(): Date | null {
    return this.row.finishedAt;
  }
}

export const AgreementChargeConnection = connectionOf('AgreementCharge', AgreementChargeType);

@ObjectType('AgreementChange', {
  implements: Node,
  description: 'An entry of an agreement’s history. It is only ever added to.',
})
export class AgreementChangeType implements Node {
  constructor(
    readonly row: ChangeRow,
    private readonly agreement: AgreementRow,
  ) {}

  get id(): string {
    return publicId('agreementChange', this.row.id);
  }

  @Field(() => ID, { description: 'Whose history it is of, `agr_…`.' })
  get agreementId(): string {
    return publicId('agreement', this.row.agreementId);
  }

  @Field(() => ChangeKindEnum, { description: 'Which part of the agreement it is about.' })
  get kind(): string {
    return this.row.kind;
  }

  @Field(() => ID, {
    nullable: true,
    description: 'Who asked for it: an API key, `key_…`. Null for what came of itself, of the payer or of their bank.',
  })
  get apiKeyId(): string | null {
    return this.row.apiKeyId === null ? null : publicId('apiKey', this.row.apiKeyId);
  }

  @Field(() => String, { nullable: true, description: 'In words, where `before` and `after` do not say it.' })
  get note(): string | null {
    return this.row.note;
  }

  @Field(() => JsonObjectScalar, {
    nullable: true,
    description: 'What was changed, as it was; amounts are decimals in the agreement’s currency. Null: nothing was.',
  })
  get before(): Record<string, unknown> | null {
    return this.row.before && toldChange(this.agreement, this.row.before);
  }

  @Field(() => JsonObjectScalar, { nullable: true, description: 'The same fields as they were from then on.' })
  get after(): Record<string, unknown> | null {
    return this.row.after && toldChange(this.agreement, this.row.after);
  }

  @Field(() => DateTimeScalar, { description: 'When it came into effect.' })
  get createdAt(): Date {
    return this.row.createdAt;
  }
}

export const AgreementChangeConnection = connectionOf('AgreementChange', AgreementChangeType);
