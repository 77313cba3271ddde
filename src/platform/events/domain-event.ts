/**
 * A fact that others may react to. It is written in the transaction that made
 * it true, so there is no fact without its event and no event without its fact.
 */
export interface DomainEvent {
  /** `order.status_changed`, `api_key.revoked`: the noun, then what happened to it. */
  readonly type: string;
  /** The UUID of the object it is about; events of one object are in order. */
  readonly subjectId: string;
  /** The merchant who may hear of it; null for what concerns the operator alone. */
  readonly merchantId: string | null;
  /** Facts as of this moment, without secrets: readers may be merchants. */
  readonly payload: Readonly<Record<string, unknown>>;
}
