/** What merchants hear of: a kind of event, and of those which. */
export interface Notified {
  readonly type: string;
  /** For the documentation and the API's description. */
  readonly when: string;
  readonly isTold?: (payload: Readonly<Record<string, unknown>>) => boolean;
}

/** As much of an event as decides whether anybody is told of it. */
export interface ToldEvent {
  readonly type: string;
  readonly merchantId: string | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

const MODES = new Set<unknown>(['TEST', 'LIVE']);

/** Whether a merchant is told of the event, if there is somewhere to tell it. */
export function isNotified(table: ReadonlyMap<string, Notified>, { type, merchantId, payload }: ToldEvent): boolean {
  const entry = table.get(type);
  if (!entry || merchantId === null || !MODES.has(payload.mode)) return false;
  return entry.isTold?.(payload) ?? true;
}
