import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import type { Sql } from '../../platform/database/sql.js';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { validated } from '../../platform/graphql/validation.js';
import type { ApiContext } from './api-context.js';
import { ApiKeyType } from './api-key.graphql.js';
import {
  CreateApiKeyInput,
  CreateApiKeyPayload,
  CreateApiKeyResult,
  createApiKeyInput,
} from './create-api-key.graphql.js';
import { createApiKey } from './create-api-key.js';
import { keyGrant } from './domain/key-grant.js';
import { merchantLoader } from './loaders.js';
import { MerchantType } from './merchant.graphql.js';
import { requestOf } from './request-of.js';
import {
  RevokeApiKeyInput,
  RevokeApiKeyPayload,
  RevokeApiKeyResult,
  revokeApiKeyInput,
} from './revoke-api-key.graphql.js';
import { revokeApiKey } from './revoke-api-key.js';
import { readOperatorOfKey } from './tenancy-sql.js';

@Resolver(() => ApiKeyType)
export class ApiKeysResolver {
  /** The system role's: a platform key revokes any operator's key by its id alone. */
  constructor(private readonly system: Sql) {}

  @Authorized('merchants:read')
  @FieldResolver(() => MerchantType, {
    nullable: true,
    description: "The merchant it acts for; null unless it is a merchant's.",
  })
  async merchant(@Root() { merchantUuid }: ApiKeyType, @Ctx() context: ApiContext): Promise<MerchantType | null> {
    const merchant = merchantUuid && (await merchantLoader(context).load(merchantUuid));
    return merchant ? new MerchantType(merchant) : null;
  }

  @Authorized('keys:write')
  @Mutation(() => CreateApiKeyResult, { description: "Makes an API key. The key's text is in the answer, once." })
  createApiKey(
    @Arg('input', { description: 'Whose key, for what, with which scopes and until when.' }) input: CreateApiKeyInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof CreateApiKeyResult> {
    return orProblem(async () => {
      const wanted = validated(createApiKeyInput, input);
      const { operatorId, ...grant } = keyGrant(principal, wanted, units.clock.now());
      const request = requestOf(principal, 'createApiKey', wanted);
      return new CreateApiKeyPayload(await units.run(operatorId, (uow) => createApiKey(uow, grant, request)));
    });
  }

  @Authorized('keys:write')
  @Mutation(() => RevokeApiKeyResult, {
    description: 'Ends an API key for ever. Revoking it again is success; revoking the key that asks is allowed.',
  })
  revokeApiKey(
    @Arg('input', { description: 'Which key ends.' }) input: RevokeApiKeyInput,
    @Ctx() { principal, units }: ApiContext,
  ): Promise<typeof RevokeApiKeyResult> {
    return orProblem(async () => {
      const { id } = validated(revokeApiKeyInput, input);
      const anywhere = principal.kind === 'PLATFORM';
      const operatorId = id && (anywhere ? await readOperatorOfKey(this.system, id) : principal.operatorId);
      if (!id || !operatorId) throw notFound('API key');
      const mode = anywhere ? null : principal.mode;
      return new RevokeApiKeyPayload(await units.run(operatorId, (uow) => revokeApiKey(uow, { id, mode })));
    });
  }
}
