import DataLoader from 'dataloader';
import type { Row } from '../../platform/database/sql.js';
import { type ApiContext, requireScope } from '../tenancy/index.js';
import { NotificationEndpointType, NotificationType } from './notification.graphql.js';
import {
  ATTEMPTS_OF_NOTIFICATIONS,
  ENDPOINTS_BY_ID,
  ENDPOINTS_OF_MERCHANTS,
  NOTIFICATIONS_BY_ID,
  NOTIFICATIONS_OF_ORDERS,
} from './notification-reads-sql.js';
import type { Attempt, AttemptRow, EndpointRow, NotificationRow } from './notification-rows.js';

const NOTIFICATIONS = Symbol('notifications');
const OF_ORDERS = Symbol('notifications of orders');
const ATTEMPTS = Symbol('attempts of notifications');
const ENDPOINTS = Symbol('notification endpoints');
const OF_MERCHANTS = Symbol('notification endpoints of merchants');

type Owned = Pick<NotificationRow, 'merchantId' | 'mode'>;

/** Whether the asking key may see it: its merchant's, in its mode. */
function isVisible({ principal }: ApiContext, { merchantId, mode }: Owned): boolean {
  if (principal.kind === 'CLIENT' || mode !== principal.mode) return false;
  return principal.merchantId === null || principal.merchantId === merchantId;
}

/** By UUID, as far as the asking key may see them. */
function notificationLoader(context: ApiContext): DataLoader<string, NotificationRow | null> {
  return context.loader(NOTIFICATIONS, () => byId<NotificationRow>(context, NOTIFICATIONS_BY_ID));
}

export function endpointLoader(context: ApiContext): DataLoader<string, EndpointRow | null> {
  return context.loader(ENDPOINTS, () => byId<EndpointRow>(context, ENDPOINTS_BY_ID));
}

/** By the orders' UUIDs, oldest first. */
export function notificationsOfOrders(context: ApiContext): DataLoader<string, NotificationRow[]> {
  return context.loader(OF_ORDERS, () =>
    ofMany(
      (ids) => context.reads.query<NotificationRow>(NOTIFICATIONS_OF_ORDERS, [context.principal.operatorId, ids]),
      ({ orderId }) => orderId,
    ),
  );
}

/** By the notifications' UUIDs, oldest first. Whether they may be seen is their notification's to say. */
export function attemptsOfNotifications(context: ApiContext): DataLoader<string, AttemptRow[]> {
  return context.loader(ATTEMPTS, () =>
    ofMany(
      (ids) => context.reads.query<AttemptRow>(ATTEMPTS_OF_NOTIFICATIONS, [context.principal.operatorId, ids]),
      ({ notificationId }) => notificationId,
    ),
  );
}

/** By the merchants' UUIDs, in the key's mode, those that have taken something first. */
export function endpointsOfMerchants(context: ApiContext): DataLoader<string, EndpointRow[]> {
  const { operatorId, mode } = context.principal;
  return context.loader(OF_MERCHANTS, () =>
    ofMany(
      (ids) => context.reads.query<EndpointRow>(ENDPOINTS_OF_MERCHANTS, [operatorId, ids, mode]),
      ({ merchantId }) => merchantId,
    ),
  );
}

function byId<Found extends Row & Owned & { id: string }>(context: ApiContext, statement: typeof ENDPOINTS_BY_ID) {
  return new DataLoader<string, Found | null>(async (ids) => {
    const rows = await context.reads.query<Found>(statement, [context.principal.operatorId, ids]);
    const found = new Map(rows.filter((row) => isVisible(context, row)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

function ofMany<Part>(read: (ids: readonly string[]) => Promise<Part[]>, ownerOf: (part: Part) => string | null) {
  return new DataLoader<string, Part[]>(async (ids) => {
    const byOwner = Map.groupBy(await read(ids), ownerOf);
    return ids.map((id) => byOwner.get(id) ?? []);
  });
}

/** One that was written just now. */
export async function notificationById(context: ApiContext, uuid: string): Promise<NotificationRow> {
  const row = await notificationLoader(context).load(uuid);
  if (!row) throw new Error(`notification ${uuid} is gone`);
  return row;
}

/** A try that has just ended as it will be read later. */
export function toldAttempt({ notification, ...attempt }: Attempt): AttemptRow {
  const { startedAt, durationMs, outcome, httpStatus } = attempt;
  const number = notification.attempts + 1;
  return { notificationId: notification.id, number, startedAt, durationMs, outcome, httpStatus };
}

/** For `node(id)`. */
export const notificationNodes = {
  notification: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'notifications:read');
    const row = await notificationLoader(context).load(uuid);
    return row && new NotificationType(row);
  },
  notificationEndpoint: async (context: ApiContext, uuid: string) => {
    requireScope(context.principal, 'notifications:read');
    const row = await endpointLoader(context).load(uuid);
    return row && new NotificationEndpointType(row);
  },
};
