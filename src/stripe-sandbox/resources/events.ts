import { malformed } from '../core/failure.js';
import { fetchOne } from '../core/lookup.js';
import { PAGE, page } from '../http/page.js';
import { route } from '../http/routes.js';

const TYPES_MAX = 20;

/** `charge.*` stands for every type that begins so. */
function matches(type: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (each) => each === '*' || each === type || (each.endsWith('.*') && type.startsWith(each.slice(0, -1))),
  );
}

export const eventRoutes = [
  route(
    'GET /v1/events',
    { takes: { ...PAGE, delivery_success: 'flag', type: 'text', types: 'texts' } },
    (call, params) => {
      if (params.type !== undefined && params.types !== undefined) {
        throw malformed('You may not specify both `type` and `types`.', { code: 'parameters_exclusive' });
      }
      if ((params.types?.length ?? 0) > TYPES_MAX) {
        throw malformed(`You may only specify up to ${TYPES_MAX} types.`, { param: 'types' });
      }
      const wanted = params.type === undefined ? params.types : [params.type];
      return page(call, params, {
        shelf: call.book.events,
        kind: 'events',
        url: '/v1/events',
        keep: (each) =>
          (wanted === undefined || matches(each.type, wanted)) &&
          (params.delivery_success === undefined || (each.pending_webhooks === 0) === params.delivery_success),
      });
    },
  ),
  route('GET /v1/events/:id', {}, (call) => fetchOne(call, 'events', call.named.id ?? '')),
];
