import { enumOf } from '../../platform/graphql/enum-of.js';
import { ATTEMPT_OUTCOMES, ENDPOINT_STATUSES, NOTIFICATION_STATUSES } from './domain/words.js';

export const NotificationStatusEnum = enumOf(
  'NotificationStatus',
  'How far a notification has come.',
  NOTIFICATION_STATUSES,
  {
    PENDING: 'It has not arrived: it is tried, or waits behind an earlier one of the same order or agreement.',
    DELIVERED: 'The receiver answered 200 with exactly `ok`.',
    EXHAUSTED: 'Given up: in vain for 72 hours. `redeliverNotifications` sends it again.',
  },
);

export const AttemptOutcomeEnum = enumOf('NotificationOutcome', 'How a try ended.', ATTEMPT_OUTCOMES, {
  DELIVERED: 'HTTP 200 and a body of exactly the two bytes `ok`.',
  NOT_OK: 'Another status, or another body: `ok` with a line end, `OK`, a page of a proxy. A redirect is not followed.',
  TIMED_OUT: 'No complete answer in 10 seconds.',
  ADDRESS_REFUSED: 'The URL, or an address behind its name, may not be called: only the open internet may.',
  NAME_NOT_FOUND: 'The name has no address.',
  CONNECTION_FAILED: 'Refused, reset, unreachable, or closed in the midst of the answer.',
  TLS_FAILED: 'The certificate does not hold, or no TLS is spoken.',
  TOO_LARGE: 'The head of the answer went on and on. A body without end is NOT_OK, as every body but `ok`.',
  NOT_HTTP: 'What came back is not HTTP/1.1.',
});

export const EndpointStatusEnum = enumOf(
  'NotificationEndpointStatus',
  'Whether an endpoint takes notifications.',
  ENDPOINT_STATUSES,
  {
    HEALTHY: 'What is due is sent at once.',
    FAILING:
      'Nothing has arrived for a while: one notification at a time asks for a sign of life, after growing pauses.',
    DEAD: 'Nothing has arrived for 72 hours: asked ever more rarely. The first that arrives makes it HEALTHY again.',
  },
);
