import { Arg, Authorized, Ctx, ID, Resolver, Root, Subscription } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import { uuidOf } from '../../kernel/ids.js';
import type { FeedEvent } from '../../platform/events/feed-event.js';
import { type ApiContext, requireScope, watchedEvents } from '../tenancy/index.js';
import { BULK_OPERATION_PROGRESSED, BULK_OPERATION_STATUS_CHANGED } from './bulk-events.js';
import { bulkOperationLoader } from './bulk-loaders.js';
import { BulkOperationType } from './bulk-operation.graphql.js';

@Resolver()
export class BulkLiveResolver {
  @Authorized('agreements:read')
  @Subscription(() => BulkOperationType, {
    description:
      'A bulk operation whenever it has come further: at most about once a second while its rows are done, and at every ' +
      'change of its status. It goes on until you end it; after COMPLETED, CANCELED and REFUSED nothing comes any more. ' +
      'Subscribe first and ask `bulkOperation` second, and you miss nothing.',
    subscribe: ({ args, context }) => progressOf((args as { readonly id: string }).id, context as ApiContext),
  })
  async bulkOperationProgressed(
    @Root() event: FeedEvent,
    @Ctx() context: ApiContext,
    // Read by `subscribe`; declared here for the schema.
    @Arg('id', () => ID, { description: 'The operation, `blk_…`.' })
    _id: string,
  ): Promise<BulkOperationType> {
    const operation = await bulkOperationLoader(context).load(event.subjectId);
    if (!operation) throw notFound('bulk operation');
    return new BulkOperationType(operation);
  }
}

async function progressOf(id: string, context: ApiContext) {
  requireScope(context.principal, 'agreements:read');
  const uuid = uuidOf('bulkOperation', id);
  const operation = uuid ? await bulkOperationLoader(context).load(uuid) : null;
  if (!operation) throw notFound('bulk operation');
  const type = [BULK_OPERATION_PROGRESSED, BULK_OPERATION_STATUS_CHANGED];
  return watchedEvents({ type, subjectId: operation.id, merchantId: null, after: null }, context);
}
