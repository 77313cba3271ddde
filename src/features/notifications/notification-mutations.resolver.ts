import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { type ApiContext, requestOf } from '../tenancy/index.js';
import { NotificationType } from './notification.graphql.js';
import { RedeliverNotificationsInput, SendTestNotificationInput } from './notification-inputs.graphql.js';
import { redeliveryWantedOf, testWantedOf } from './notification-inputs.js';
import { notificationById, toldAttempt } from './notification-loaders.js';
import { RedeliverNotificationsResult, SendTestNotificationResult } from './notification-results.graphql.js';
import { redeliverNotifications } from './redeliver-notifications.js';
import { sendTestNotification, type TestParts } from './send-test-notification.js';

export interface NotificationMutationsParts extends TestParts {
  /** Something was added to these queues. */
  readonly attend: (operatorId: string, endpointIds: readonly string[]) => void;
  readonly httpAllowed: boolean;
}

/** What a receiver has to answer, as every test says. */
const EXPECTED = 'HTTP status 200 and a body of exactly the two bytes "ok", within 10 seconds';

@Resolver()
export class NotificationMutationsResolver {
  constructor(private readonly parts: NotificationMutationsParts) {}

  @Authorized('notifications:write')
  @Mutation(() => RedeliverNotificationsResult, {
    description:
      'Sends notifications again, also those that were given up or have arrived: under the same id, in their order, for ' +
      'up to 72 hours more. A paused endpoint is tried at once.',
  })
  redeliverNotifications(
    @Arg('input', () => RedeliverNotificationsInput, { description: 'Which ones: by id, or by period.' })
    input: RedeliverNotificationsInput,
    @Ctx() { principal, units }: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = redeliveryWantedOf(principal, input);
      const request = requestOf(principal, 'redeliverNotifications', input);
      const { operatorId } = principal;
      const redelivery = await units.sql(operatorId, (transaction) =>
        redeliverNotifications(transaction, principal, wanted, request),
      );
      this.parts.attend(operatorId, redelivery.endpointIds);
      return { count: redelivery.count, hasMore: redelivery.hasMore };
    });
  }

  @Authorized('notifications:write')
  @Mutation(() => SendTestNotificationResult, {
    description:
      'Sends a notification of type `notification.test`, signed as all others, waits for the answer, up to 10 seconds, and ' +
      'tells how it was taken. A receiver that refuses it is no Problem: `isOk` says so.',
  })
  sendTestNotification(
    @Arg('input', () => SendTestNotificationInput, { description: 'Whose, and where to.' })
    input: SendTestNotificationInput,
    @Ctx() context: ApiContext,
  ) {
    return orProblem(async () => {
      const wanted = testWantedOf(context.principal, input, this.parts.httpAllowed);
      const attempt = await sendTestNotification(this.parts, context.principal, wanted);
      const row = await notificationById(context, attempt.notification.id);
      const isOk = attempt.outcome === 'DELIVERED';
      return { notification: new NotificationType(row), attempt: toldAttempt(attempt), isOk, expected: EXPECTED };
    });
  }
}
