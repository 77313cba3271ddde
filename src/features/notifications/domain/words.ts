export const NOTIFICATION_STATUSES = ['PENDING', 'DELIVERED', 'EXHAUSTED'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

export const ENDPOINT_STATUSES = ['HEALTHY', 'FAILING', 'DEAD'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

/** How a try ended. All but `DELIVERED` are tried again. */
export const ATTEMPT_OUTCOMES = [
  'DELIVERED',
  'NOT_OK',
  'TIMED_OUT',
  'ADDRESS_REFUSED',
  'NAME_NOT_FOUND',
  'CONNECTION_FAILED',
  'TLS_FAILED',
  'TOO_LARGE',
  'NOT_HTTP',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** How the body is written; the merchant's choice. */
export const BODY_FORMATS = ['JSON', 'FORM'] as const;
export type BodyFormat = (typeof BODY_FORMATS)[number];
