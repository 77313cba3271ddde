import { publicId } from '../../kernel/ids.js';
import type { NodeLoaders } from '../../platform/graphql/node.resolver.js';
import type { ApiContext } from './api-context.js';
import { ApiKeyType } from './api-key.graphql.js';
import { requireScope } from './domain/access.js';
import { apiKeyLoader, merchantSeen, operatorLoader } from './loaders.js';
import { MerchantType } from './merchant.graphql.js';
import { OperatorType } from './operator.graphql.js';

/**
 * For `node(id)`, in the principal's own operator: a platform key, which has
 * none, asks for operators by `operator(id)`.
 */
export const nodeLoaders = {
  operator: async (context, uuid) => {
    requireScope(context.principal, 'operators:read');
    const operator = await operatorLoader(context).load(uuid);
    return operator && new OperatorType(operator);
  },
  merchant: async (context, uuid) => {
    requireScope(context.principal, 'merchants:read');
    const merchant = await merchantSeen(context, publicId('merchant', uuid));
    return merchant && new MerchantType(merchant);
  },
  apiKey: async (context, uuid) => {
    requireScope(context.principal, 'operators:read');
    const apiKey = await apiKeyLoader(context).load(uuid);
    return apiKey && new ApiKeyType(apiKey);
  },
} satisfies NodeLoaders<ApiContext>;
