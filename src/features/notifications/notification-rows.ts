import type { Mode } from '../tenancy/index.js';
import type { EndpointHealth } from './domain/endpoint-health.js';
import type { AttemptOutcome, BodyFormat, EndpointStatus, NotificationStatus } from './domain/words.js';

/** An endpoint with how it stands, as who holds it sees it. */
export type LeasedEndpoint = EndpointHealth & {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly origin: string;
  readonly leaseUntil: Date | null;
  readonly lastDeliveredAt: Date | null;
};

/** A notification that is to be sent now. */
export type DueNotification = {
  readonly id: string;
  readonly groupId: string;
  readonly url: string;
  readonly format: BodyFormat;
  readonly body: string;
  readonly attempts: number;
  readonly tries: number;
  readonly firstTriedAt: Date | null;
  readonly occurredAt: Date;
};

/** A try that has ended. */
export interface Attempt {
  readonly notification: DueNotification;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  readonly httpStatus: number | null;
}

/** What became of a notification. */
export type Ended = {
  readonly id: string;
  readonly groupId: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly orderId: string | null;
  readonly type: string;
  readonly attempts: number;
  readonly status: NotificationStatus;
};

/** As the API shows it. */
export type NotificationRow = {
  readonly id: string;
  readonly endpointId: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly orderId: string | null;
  readonly type: string;
  readonly url: string;
  readonly format: BodyFormat;
  readonly body: string;
  readonly status: NotificationStatus;
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly occurredAt: Date;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
  readonly givenUpAt: Date | null;
};

export type AttemptRow = {
  readonly notificationId: string;
  readonly number: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  readonly httpStatus: number | null;
};

export type EndpointRow = {
  readonly id: string;
  readonly merchantId: string;
  readonly mode: Mode;
  readonly origin: string;
  readonly status: EndpointStatus;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly pausedUntil: Date | null;
  readonly lastDeliveredAt: Date | null;
  readonly createdAt: Date;
};
