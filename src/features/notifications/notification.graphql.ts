import { Field, Int, ObjectType } from 'type-graphql';
import { publicId } from '../../kernel/ids.js';
import { connectionOf } from '../../platform/graphql/connection.js';
import { Node } from '../../platform/graphql/node.graphql.js';
import { DateTimeScalar, UrlScalar } from '../../platform/graphql/scalars.js';
import { CallbackFormatEnum } from '../tenancy/index.js';
import { AttemptOutcomeEnum, EndpointStatusEnum, NotificationStatusEnum } from './notification-enums.graphql.js';
import type { AttemptRow, EndpointRow, NotificationRow } from './notification-rows.js';

@ObjectType('NotificationAttempt', {
  description: 'One try of a notification. Of the answer nothing is kept but its status.',
})
export class NotificationAttemptType {
  @Field(() => Int, { description: 'From 1, over all times that the notification was sent.' })
  readonly number!: number;

  @Field(() => DateTimeScalar, { description: 'When it began: the `webhook-timestamp` that was signed.' })
  readonly startedAt!: Date;

  @Field(() => Int, { description: 'From the look at the name to the end of the answer, in milliseconds.' })
  readonly durationMs!: number;

  @Field(() => AttemptOutcomeEnum, { description: 'How it ended.' })
  readonly outcome!: AttemptRow['outcome'];

  @Field(() => Int, { nullable: true, description: 'The HTTP status; null where no answer came so far.' })
  readonly httpStatus!: number | null;
}

@ObjectType('Notification', {
  implements: Node,
  description:
    'What a merchant is told of an event, as of the moment at which it happened. Sent until the receiver answers 200 with ' +
    'exactly `ok`, for at most 72 hours; those of one order or agreement one after the other.',
})
export class NotificationType implements Node {
  readonly id: string;

  @Field(() => String, {
    description:
      'What happened, such as `order.status_changed`. New types may be added: answer `ok` to what you do not know.',
  })
  readonly type: string;

  @Field(() => NotificationStatusEnum, { description: 'How far it has come.' })
  readonly status: NotificationRow['status'];

  @Field(() => UrlScalar, {
    description: "Where it is sent: the order's own `callbackUrl`, else the merchant's, as it was then.",
  })
  readonly url: string;

  @Field(() => CallbackFormatEnum, { description: 'How `body` is written.' })
  readonly format: NotificationRow['format'];

  @Field(() => String, { description: 'The very text that is signed and sent, the same at every try.' })
  readonly body: string;

  @Field(() => DateTimeScalar, { description: 'When what it tells of happened, by the operator’s clock.' })
  readonly occurredAt: Date;

  @Field(() => DateTimeScalar, { description: 'When it was written; a moment after the event.' })
  readonly createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it arrived; null while it has not.' })
  readonly deliveredAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was given up; null while it is not.' })
  readonly exhaustedAt: Date | null;

  /** As the database knows it, for resolvers of further fields. */
  readonly row: NotificationRow;

  constructor(row: NotificationRow) {
    this.row = row;
    this.id = publicId('notification', row.id);
    this.type = row.type;
    this.status = row.status;
    this.url = row.url;
    this.format = row.format;
    this.body = row.body;
    this.occurredAt = row.occurredAt;
    this.createdAt = row.createdAt;
    this.deliveredAt = row.deliveredAt;
    this.exhaustedAt = row.givenUpAt;
  }
}

export const NotificationConnection = connectionOf('Notification', NotificationType);

@ObjectType('NotificationEndpoint', {
  implements: Node,
  description: 'A server of a merchant that notifications go to. Made when the first one does.',
})
export class NotificationEndpointType implements Node {
  readonly id: string;

  @Field(() => UrlScalar, { description: 'Scheme, host and port of the URLs.' })
  readonly origin: string;

  @Field(() => EndpointStatusEnum, { description: 'Whether it takes notifications.' })
  readonly status: EndpointRow['status'];

  @Field(() => Int, {
    description: 'Since something last arrived: different notifications in vain, and once it is FAILING every try.',
  })
  readonly failures: number;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When the first of them failed; null when none has.' })
  readonly failingSince: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'Before this nothing is sent; null when it is not paused.',
  })
  readonly pausedUntil: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When something last arrived; null when nothing ever has.',
  })
  readonly lastDeliveredAt: Date | null;

  constructor(row: EndpointRow) {
    this.id = publicId('notificationEndpoint', row.id);
    this.origin = row.origin;
    this.status = row.status;
    this.failures = row.failures;
    this.failingSince = row.failingSince;
    this.pausedUntil = row.pausedUntil;
    this.lastDeliveredAt = row.lastDeliveredAt;
  }
}
