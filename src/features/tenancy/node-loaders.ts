import type { NodeLoaders } from '../../platform/graphql/node.resolver.js';
import type { ApiContext } from './api-context.js';
import { ApiKeyType } from './api-key.graphql.js';
import { requireScope } from './domain/access.js';
import { apiKeyLoader, merchantLoader, operatorLoader } from './loaders.js';
import { MerchantType } from './merchant.graphql.js';
import { OperatorType } from './operator.graphql.js';

/** For `node(id)`: the same answers as the queries of these objects give, and the same refusals. */
export const nodeLoaders = {
  operator: async (context, uuid) => {
    requireScope(context.principal, 'operators:read');
    const operator = await operatorLoader(context).load(uuid);
    return operator && new OperatorType(operator);
  },
  merchant: async (context, uuid) => {
    const { principal } = context;
    requireScope(principal, 'merchants:read');
    if (principal.merchantId && principal.merchantId !== uuid) return null;
    const merchant = await merchantLoader(context).load(uuid);
    return merchant && new MerchantType(merchant);
  },
  apiKey: async (context, uuid) => {
    requireScope(context.principal, 'operators:read');
    const apiKey = await apiKeyLoader(context).load(uuid);
    return apiKey && new ApiKeyType(apiKey);
  },
} satisfies NodeLoaders<ApiContext>;
