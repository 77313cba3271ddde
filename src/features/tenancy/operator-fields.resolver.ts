import { Args, Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type Connection, PageArgs, pageOf } from '../../platform/graphql/connection.js';
import type { ApiContext } from './api-context.js';
import { ApiKeyConnection, ApiKeyType } from './api-key.graphql.js';
import { MerchantConnection, MerchantType } from './merchant.graphql.js';
import { OperatorType } from './operator.graphql.js';
import { pageById } from './pages.js';
import { readsOf, type ScopedReads } from './scoped-reads.js';
import { readApiKeysBefore, readMerchantsBefore } from './tenancy-sql.js';

const uuidOf = ({ uuid }: { readonly uuid: string }): string => uuid;

/** Lists beneath an operator. Whoever holds an Operator was allowed `operators:read`, which no merchant's key has. */
@Resolver(() => OperatorType)
export class OperatorFieldsResolver {
  constructor(private readonly scopedReads: ScopedReads) {}

  @Authorized('merchants:read')
  @FieldResolver(() => MerchantConnection, { description: 'Its merchants, newest first.' })
  async merchants(
    @Root() { uuid }: OperatorType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { reads }: ApiContext,
  ): Promise<Connection<MerchantType>> {
    const page = pageById(args);
    const rows = await readMerchantsBefore(reads, uuid, page.beforeId);
    return pageOf(
      rows.map((row) => new MerchantType(row)),
      page,
      uuidOf,
    );
  }

  @Authorized('operators:read')
  @FieldResolver(() => ApiKeyConnection, {
    description: 'Its keys and its merchants’ keys, newest first, revoked ones too.',
  })
  async apiKeys(
    @Root() { uuid }: OperatorType,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: ApiContext,
  ): Promise<Connection<ApiKeyType>> {
    const page = pageById(args);
    const rows = await readApiKeysBefore(readsOf(context, uuid, this.scopedReads), uuid, page.beforeId);
    return pageOf(
      rows.map((row) => new ApiKeyType(row)),
      page,
      uuidOf,
    );
  }
}
