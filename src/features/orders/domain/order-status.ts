export const CAPTURE_MODES = ['AUTOMATIC', 'MANUAL'] as const;
export type CaptureMode = (typeof CAPTURE_MODES)[number];

export const ORDER_STATUSES = [
  'CREATED',
  'PROCESSING',
  'REQUIRES_ACTION',
  'AUTHORIZED',
  'PARTIALLY_CAPTURED',
  'CAPTURED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'CANCELED',
  'DECLINED',
  'EXPIRED',
  'VERIFIED',
  'DISPUTED',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];
