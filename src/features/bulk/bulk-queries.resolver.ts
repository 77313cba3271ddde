import { Arg, Args, Authorized, Ctx, ID, Query, Resolver } from 'type-graphql';
import { uuidOf } from '../../kernel/ids.js';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import { type ApiContext, pageById } from '../tenancy/index.js';
import { BulkOperationFilter } from './bulk-inputs.graphql.js';
import { bulkOperationLoader } from './bulk-loaders.js';
import { BulkOperationConnection, BulkOperationType } from './bulk-operation.graphql.js';
import { listOperations } from './list-operations.js';

@Resolver()
export class BulkQueriesResolver {
  @Authorized('agreements:read')
  @Query(() => BulkOperationType, { nullable: true, description: 'A bulk operation by its id.' })
  async bulkOperation(
    @Ctx() context: ApiContext,
    @Arg('id', () => ID, { description: '`blk_…`.' }) id: string,
  ): Promise<BulkOperationType | null> {
    const uuid = uuidOf('bulkOperation', id);
    const row = uuid && (await bulkOperationLoader(context).load(uuid));
    return row ? new BulkOperationType(row) : null;
  }

  @Authorized('agreements:read')
  @Query(() => BulkOperationConnection, { description: 'Bulk operations, newest first.' })
  async bulkOperations(
    @Ctx() context: ApiContext,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => BulkOperationFilter, {
      nullable: true,
      description: 'Which operations. Absent: all that the key may see, in its mode.',
    })
    filter: BulkOperationFilter | null,
  ): Promise<Connection<BulkOperationType>> {
    const page = pageById(args);
    const rows = await listOperations(context.reads, context.principal, filter ?? {}, page);
    return pageOf(
      rows.map((row) => new BulkOperationType(row)),
      page,
      ({ row }) => row.id,
    );
  }
}
