import { Authorized, Ctx, FieldResolver, Query, Resolver } from 'type-graphql';
import type { ApiContext } from './api-context.js';
import { apiKeyLoader, merchantLoader, operatorLoader } from './loaders.js';
import { MerchantType } from './merchant.graphql.js';
import { OperatorType } from './operator.graphql.js';
import { Viewer } from './viewer.graphql.js';

@Resolver(() => Viewer)
export class ViewerResolver {
  @Authorized()
  @Query(() => Viewer, { description: 'Which key this is, and what it may do.' })
  async viewer(@Ctx() context: ApiContext): Promise<Partial<Viewer>> {
    const key = await apiKeyLoader(context).load(context.principal.keyId);
    if (!key) throw new Error('the key that was authenticated is not in its own scope');
    const { kind, mode, scopes, hint, expiresAt } = key;
    return { kind, mode, scopes, keyHint: hint, expiresAt };
  }

  @FieldResolver(() => OperatorType)
  async operator(@Ctx() context: ApiContext): Promise<OperatorType | null> {
    const { principal } = context;
    if (!principal.scopes.has('operators:read')) return null;
    const operator = await operatorLoader(context).load(principal.operatorId);
    return operator && new OperatorType(operator);
  }

  @FieldResolver(() => MerchantType)
  async merchant(@Ctx() context: ApiContext): Promise<MerchantType | null> {
    const { merchantId } = context.principal;
    const merchant = merchantId && (await merchantLoader(context).load(merchantId));
    return merchant ? new MerchantType(merchant) : null;
  }
}
