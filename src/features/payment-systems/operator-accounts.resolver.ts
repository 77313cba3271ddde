import { Authorized, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { type ApiContext, OperatorType } from '../tenancy/index.js';
import { accountFactsOf } from './account-facts.js';
import { PaymentSystemAccountType } from './payment-system-account.graphql.js';
import type { WebhookAddress } from './webhook-address.js';

@Resolver(() => OperatorType)
export class OperatorAccountsResolver {
  constructor(private readonly address: WebhookAddress) {}

  @Authorized('payment-systems:read')
  @FieldResolver(() => [PaymentSystemAccountType], {
    description: 'Its accounts at payment systems, of both modes, newest first; disconnected ones too.',
  })
  async paymentSystemAccounts(
    @Root() { uuid }: OperatorType,
    @Ctx() { reads }: ApiContext,
  ): Promise<PaymentSystemAccountType[]> {
    const accounts = await accountFactsOf(reads, uuid);
    return accounts.map((account) => new PaymentSystemAccountType(account, this.address));
  }
}
