import { Field, Int, ObjectType } from 'type-graphql';
import { resultOf } from '../../platform/graphql/problem.graphql.js';
import { NotificationAttemptType, NotificationType } from './notification.graphql.js';

@ObjectType({ description: 'How much is sent again.' })
export class RedeliverNotificationsPayload {
  @Field(() => Int, { description: 'Notifications that are in the queue now, each under its old id.' })
  readonly count!: number;

  @Field(() => Boolean, { description: 'Whether more of the period are left: the oldest were taken first.' })
  readonly hasMore!: boolean;
}

export const RedeliverNotificationsResult = resultOf('RedeliverNotificationsResult', RedeliverNotificationsPayload);

@ObjectType({ description: 'How the receiver took the test.' })
export class SendTestNotificationPayload {
  @Field(() => NotificationType, { description: 'What was sent, of type `notification.test`. It is tried once.' })
  readonly notification!: NotificationType;

  @Field(() => NotificationAttemptType, { description: 'The try.' })
  readonly attempt!: NotificationAttemptType;

  @Field(() => Boolean, { description: 'Whether it would count as delivered.' })
  readonly isOk!: boolean;

  @Field(() => String, { description: 'What is expected of a receiver, for a developer.' })
  readonly expected!: string;
}

export const SendTestNotificationResult = resultOf('SendTestNotificationResult', SendTestNotificationPayload);
