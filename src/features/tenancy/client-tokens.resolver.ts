import { Arg, Authorized, Ctx, Mutation, Resolver } from 'type-graphql';
import { notFound } from '../../kernel/errors.js';
import { orProblem } from '../../platform/graphql/problem.graphql.js';
import { validated } from '../../platform/graphql/validation.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import type { ApiContext } from './api-context.js';
import {
  CreateClientTokenInput,
  CreateClientTokenPayload,
  CreateClientTokenResult,
  createClientTokenInput,
} from './create-client-token.graphql.js';
import { createClientToken } from './create-client-token.js';
import { requestOf } from './request-of.js';

export interface ClientTokensParts {
  readonly masterKeys: MasterKeys;
  /** Whether the principal may see the order with this UUID. Orders are a higher feature, so it is given. */
  readonly orderIsVisible: (context: ApiContext, orderId: string) => Promise<boolean>;
}

@Resolver()
export class ClientTokensResolver {
  constructor(private readonly parts: ClientTokensParts) {}

  @Authorized('orders:read')
  @Mutation(() => CreateClientTokenResult, {
    description: "Makes a token for a payer's browser: it sees one order and its live status, and can do nothing.",
  })
  createClientToken(
    @Arg('input', { description: 'Which order is shown, and for how many seconds.' }) input: CreateClientTokenInput,
    @Ctx() context: ApiContext,
  ): Promise<typeof CreateClientTokenResult> {
    const { principal, units } = context;
    return orProblem(async () => {
      const wanted = validated(createClientTokenInput, input);
      const { orderId, expiresInSeconds } = wanted;
      if (!orderId || !(await this.parts.orderIsVisible(context, orderId))) throw notFound('order');
      const request = requestOf(principal, 'createClientToken', wanted);
      const terms = { orderId, expiresInSeconds, keyId: principal.keyId };
      const { masterKeys } = this.parts;
      return new CreateClientTokenPayload(
        await units.sql(principal.operatorId, (sql) => createClientToken(sql, masterKeys, terms, request)),
      );
    });
  }
}
