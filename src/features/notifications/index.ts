export { notificationNodes } from './notification-loaders.js';
export { notificationMeter } from './notification-meter.js';
export { type NotificationMutationsParts, NotificationMutationsResolver } from './notification-mutations.resolver.js';
export {
  MerchantEndpointsResolver,
  NotificationQueriesResolver,
  OrderNotificationsResolver,
} from './notification-queries.resolver.js';
export { FAN_OUT_JOB, Notifications } from './notifications.js';
