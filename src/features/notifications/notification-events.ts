import { publicId } from '../../kernel/ids.js';
import type { DomainEvent } from '../../platform/events/domain-event.js';
import type { EndpointHealth } from './domain/endpoint-health.js';
import type { Ended, LeasedEndpoint } from './notification-rows.js';

/** What others may react to. None of it is itself notified: where it would go is what fails. */
const NOTIFICATION_EXHAUSTED = 'notification.exhausted';
const ENDPOINT_EVENTS = {
  FAILING: 'notification_endpoint.failing',
  DEAD: 'notification_endpoint.dead',
  HEALTHY: 'notification_endpoint.recovered',
} as const;

/** Given up: it was in vain for as long as we try. */
export function notificationExhausted({ id, merchantId, mode, orderId, type, attempts }: Ended): DomainEvent {
  return {
    type: NOTIFICATION_EXHAUSTED,
    subjectId: id,
    merchantId,
    payload: {
      notificationId: publicId('notification', id),
      mode,
      notificationType: type,
      attempts,
      ...(orderId && { orderId: publicId('order', orderId) }),
    },
  };
}

/** None where it stands as before. */
export function endpointChanged(endpoint: LeasedEndpoint, after: EndpointHealth): readonly DomainEvent[] {
  const { id, merchantId, mode, origin, status: previousStatus } = endpoint;
  if (previousStatus === after.status) return [];
  return [
    {
      type: ENDPOINT_EVENTS[after.status],
      subjectId: id,
      merchantId,
      payload: {
        endpointId: publicId('notificationEndpoint', id),
        mode,
        origin,
        previousStatus,
        status: after.status,
        failingSince: after.failingSince?.toISOString() ?? null,
      },
    },
  ];
}
