import type { PaymentGateways } from '../features/payment-systems/index.js';
import {
  ApiKeysResolver,
  ClientTokensResolver,
  MerchantsResolver,
  nodeLoaders,
  OperatorFieldsResolver,
  OperatorsResolver,
  type ScopedReads,
  ViewerResolver,
} from '../features/tenancy/index.js';
import type { Sql } from '../platform/database/sql.js';
import { NodeResolver } from '../platform/graphql/node.resolver.js';
import type { MasterKeys } from '../platform/secrets/master-keys.js';

/** What resolvers need beyond their context. */
export interface ResolverParts {
  readonly masterKeys: MasterKeys;
  readonly gateways: PaymentGateways;
  readonly acrossOperators: Sql;
  readonly scopedReads: ScopedReads;
  readonly httpAllowed: boolean;
}

/** Every resolver of the API, each with what it needs. */
export function resolversOf({ masterKeys, acrossOperators, scopedReads, httpAllowed }: ResolverParts) {
  return [
    new NodeResolver({ ...nodeLoaders }),
    new ViewerResolver(),
    new OperatorsResolver({ masterKeys, system: acrossOperators, reads: scopedReads }),
    new OperatorFieldsResolver(scopedReads),
    new MerchantsResolver({ httpAllowed }),
    new ApiKeysResolver(acrossOperators),
    new ClientTokensResolver({ masterKeys, orderIsVisible: async () => false }),
  ] as const;
}
