import {
  type Carriers,
  hasUnsettledOrders,
  type InputRules,
  OperationResolver,
  OrderLiveResolver,
  OrderMutationsResolver,
  OrderQueriesResolver,
  orderLoader,
  orderNodes,
} from '../features/orders/index.js';
import { PayersResolver, payerNodes } from '../features/payers/index.js';
import {
  type ConnectionParts,
  OperatorAccountsResolver,
  PaymentSystemsResolver,
  paymentSystemNodeLoaders,
} from '../features/payment-systems/index.js';
import {
  ApiKeysResolver,
  ClientTokensResolver,
  MerchantsResolver,
  nodeLoaders,
  OperatorFieldsResolver,
  OperatorsResolver,
  type ScopedReads,
  TestClocksResolver,
  ViewerResolver,
} from '../features/tenancy/index.js';
import type { Sql } from '../platform/database/sql.js';
import { NodeResolver } from '../platform/graphql/node.resolver.js';
import type { MasterKeys } from '../platform/secrets/master-keys.js';

/** What resolvers need beyond their context. */
export interface ResolverParts {
  readonly masterKeys: MasterKeys;
  readonly connection: ConnectionParts;
  readonly carriers: Carriers;
  readonly acrossOperators: Sql;
  readonly scopedReads: ScopedReads;
  readonly inputRules: InputRules;
}

/** Every resolver of the API, each with what it needs. */
export function resolversOf(parts: ResolverParts): readonly object[] {
  const { masterKeys, connection, carriers, acrossOperators, scopedReads, inputRules } = parts;
  return [
    new NodeResolver({ ...nodeLoaders, ...paymentSystemNodeLoaders(connection.address), ...payerNodes, ...orderNodes }),
    new ViewerResolver(),
    new OperatorsResolver({ masterKeys, system: acrossOperators, reads: scopedReads }),
    new OperatorFieldsResolver(scopedReads),
    new TestClocksResolver(),
    new MerchantsResolver({ httpAllowed: inputRules.httpUrlsAllowed }),
    new ApiKeysResolver(acrossOperators),
    new ClientTokensResolver({
      masterKeys,
      orderIsVisible: async (context, orderId) => (await orderLoader(context).load(orderId)) !== null,
    }),
    new PaymentSystemsResolver({ ...connection, hasUnsettledOrders }),
    new OperatorAccountsResolver(connection.address),
    new PayersResolver(),
    new OrderQueriesResolver(),
    new OrderMutationsResolver(carriers, inputRules),
    new OrderLiveResolver(),
    new OperationResolver(),
  ];
}
