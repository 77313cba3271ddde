import { Field, ID, InputType } from 'type-graphql';
import { DateTimeScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { NotificationStatusEnum } from './notification-enums.graphql.js';
import { IDS_MAX, REDELIVERED_MAX } from './redeliver-notifications.js';

@InputType({ description: 'All that are given must hold.' })
export class NotificationFilter {
  @Field(() => [NotificationStatusEnum], { nullable: true, description: 'Any of these.' })
  readonly status?: string[] | null;

  @Field(() => [String], { nullable: true, description: 'Any of these, such as `order.status_changed`.' })
  readonly type?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Of this order, `ord_…`.' })
  readonly orderId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Of this merchant, `mer_…`. A merchant's key sees only its own anyhow.",
  })
  readonly merchantId?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Written at this moment or later.' })
  readonly createdFrom?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Written before this moment.' })
  readonly createdBefore?: Date | null;
}

@InputType({ description: 'Notifications by the time at which they were written.' })
export class RedeliveryPeriod {
  @Field(() => DateTimeScalar, { description: 'Written at this moment or later.' })
  readonly from!: Date;

  @Field(() => DateTimeScalar, { description: 'Written before this moment.' })
  readonly to!: Date;

  @Field(() => [NotificationStatusEnum], {
    nullable: true,
    description: 'Any of these; absent: EXHAUSTED. DELIVERED ones are sent once more, PENDING ones are tried now.',
  })
  readonly status?: string[] | null;
}

@InputType({ description: 'Which notifications are sent again: exactly one of `ids` and `period`.' })
export class RedeliverNotificationsInput {
  @Field(() => [ID], { nullable: true, description: `\`ntf_…\`, 1 to ${IDS_MAX}.` })
  readonly ids?: string[] | null;

  @Field(() => RedeliveryPeriod, {
    nullable: true,
    description: `The oldest ${REDELIVERED_MAX} of a period at a time: ask again, with another key, while \`hasMore\`.`,
  })
  readonly period?: RedeliveryPeriod | null;

  @Field(() => ID, {
    nullable: true,
    description: "Whose, `mer_…`. Needed for a period with an operator's key; a merchant's key means itself.",
  })
  readonly merchantId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters. The same key and input again send nothing more, and answer as the first time.',
  })
  readonly idempotencyKey?: string | null;
}

@InputType({ description: 'Where a test goes.' })
export class SendTestNotificationInput {
  @Field(() => ID, {
    nullable: true,
    description: "Whose secret signs it, `mer_…`. Needed with an operator's key; a merchant's key means itself.",
  })
  readonly merchantId?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: "Absent: the merchant's `callbackUrl`. What a new one may be, this may be.",
  })
  readonly url?: string | null;
}
