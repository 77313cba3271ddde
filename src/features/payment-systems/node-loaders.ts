import type { NodeLoaders } from '../../platform/graphql/node.resolver.js';
import { type ApiContext, requireScope } from '../tenancy/index.js';
import { accountLoader } from './account-facts.js';
import { PaymentSystemAccountType } from './payment-system-account.graphql.js';
import type { WebhookAddress } from './webhook-address.js';

/** For `node(id)`. */
export function paymentSystemNodeLoaders(address: WebhookAddress) {
  return {
    paymentSystemAccount: async (context, uuid) => {
      requireScope(context.principal, 'payment-systems:read');
      const account = await accountLoader(context).load(uuid);
      return account && new PaymentSystemAccountType(account, address);
    },
  } satisfies NodeLoaders<ApiContext>;
}
