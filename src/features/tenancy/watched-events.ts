import { notFound } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import { liveEvents } from '../../platform/live/live-events.js';
import type { ApiContext } from './api-context.js';
import { merchantLoader } from './loaders.js';

export interface Watch {
  /** Of this type, or of any of these. */
  readonly type: string | readonly string[];
  /** The UUID of the one object that is watched; null: all that the principal may hear of. */
  readonly subjectId: string | null;
  /** As the caller gave it, `mer_…`; null: all merchants that the principal may hear of. */
  readonly merchantId: string | null;
  /** Everything since this cursor comes first; null: only what happens from now on. */
  readonly after: string | null;
}

/** The events of some type that a principal asks to hear of, as far as it may: of its operator, merchant and mode. */
export async function watchedEvents({ type, subjectId, merchantId, after }: Watch, context: ApiContext) {
  const { principal, events } = context;
  const types = typeof type === 'string' ? [type] : type;
  const merchant = await watchedMerchant(merchantId, context);
  // From here on: what happened a moment ago may still be on its way through the live feed, but is history.
  const isPast = after === null ? await events.past() : () => false;
  return liveEvents(events, {
    operatorId: principal.operatorId,
    after,
    matches: (event) =>
      types.includes(event.type) &&
      !isPast(event) &&
      event.payload.mode === principal.mode &&
      (subjectId === null || event.subjectId === subjectId) &&
      (merchant === null || event.merchantId === merchant),
  });
}

/** A merchant's key watches its own merchant whatever it says; another's is as unknown as one that never was. */
async function watchedMerchant(id: string | null, context: ApiContext): Promise<string | null> {
  const { merchantId: own } = context.principal;
  if (id === null) return own;
  const uuid = uuidOf('merchant', id);
  const merchant = uuid && (!own || own === uuid) ? await merchantLoader(context).load(uuid) : null;
  if (!merchant) throw notFound('merchant');
  return merchant.id;
}
