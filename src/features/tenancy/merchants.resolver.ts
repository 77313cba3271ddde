import { Arg, Authorized, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { validated } from '../../platform/graphql/validation.js';
import type { ApiContext } from './api-context.js';
import { CreateMerchantInput, CreateMerchantPayload, CreateMerchantResult } from './create-merchant.graphql.js';
import { createMerchant } from './create-merchant.js';
import { merchantSeen } from './loaders.js';
import { MerchantType } from './merchant.graphql.js';
import {
  createMerchantInput,
  type MerchantInputOptions,
  merchantChanges,
  updateMerchantInput,
} from './merchant-terms.js';
import { requestOf } from './request-of.js';
import { UpdateMerchantInput, UpdateMerchantPayload, UpdateMerchantResult } from './update-merchant.graphql.js';
import { refuseForeignAccount, updateMerchant } from './update-merchant.js';

@Resolver()
export class MerchantsResolver {
  constructor(private readonly options: MerchantInputOptions) {}

  @Authorized('merchants:read')
  @Query(() => MerchantType, {
    nullable: true,
    description: "A merchant; a merchant's key may leave the id out. Null when there is none, or you may not see it.",
  })
  async merchant(
    @Arg('id', () => ID, {
      nullable: true,
      description: "`mer_…`. Needed with an operator's key; absent: the merchant of a merchant's key.",
    })
    id: string | null | undefined,
    @Ctx() context: ApiContext,
  ): Promise<MerchantType | null> {
    const merchant = await merchantSeen(context, id ?? null);
    return merchant && new MerchantType(merchant);
  }

  @Authorized('merchants:write')
  @Mutation(() => CreateMerchantResult, { description: 'Makes a merchant of your operator. For operator keys.' })
  createMerchant(
    @Arg('input', { description: 'The name, and what the merchant may do.' }) input: CreateMerchantInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof CreateMerchantResult> {
    return orProblem(async () => {
      const wanted = validated(createMerchantInput(this.options), input);
      const request = requestOf(principal, 'createMerchant', wanted);
      const { idempotencyKey: _, ...terms } = wanted;
      return new CreateMerchantPayload(
        await units.run(principal.operatorId, (uow) => createMerchant(uow, terms, request)),
      );
    });
  }

  @Authorized('merchants:write')
  @Mutation(() => UpdateMerchantResult, { description: 'Changes the given fields of a merchant. For operator keys.' })
  updateMerchant(
    @Arg('input', { description: 'Which merchant, and only the fields that change.' }) input: UpdateMerchantInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof UpdateMerchantResult> {
    return orProblem(async () => {
      const wanted = validated(updateMerchantInput(this.options), input);
      const request = requestOf(principal, 'updateMerchant', wanted);
      const changes = merchantChanges(wanted);
      const updated = units.run(principal.operatorId, (uow) => updateMerchant(uow, changes, request));
      return new UpdateMerchantPayload(await updated.catch(refuseForeignAccount));
    });
  }
}
