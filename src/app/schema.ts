import { GraphQLSchema } from 'graphql';
import { buildSchema, type NonEmptyArray } from 'type-graphql';
import {
  AgreementChargeFieldsResolver,
  AgreementChargesResolver,
  AgreementFieldsResolver,
  AgreementLiveResolver,
  AgreementMutationsResolver,
  AgreementQueriesResolver,
  BillingProgressResolver,
  InstallmentFieldsResolver,
  OrderAgreementResolver,
} from '../features/agreements/index.js';
import {
  BulkLiveResolver,
  BulkMutationsResolver,
  BulkOperationFieldsResolver,
  BulkQueriesResolver,
  BulkRowFieldsResolver,
} from '../features/bulk/index.js';
import {
  CreditNoteFieldsResolver,
  CreditNoteLineFieldsResolver,
  CreditNoteRefundResolver,
  InvoiceFieldsResolver,
  InvoiceItemsResolver,
  InvoiceLiveResolver,
  InvoiceMutationsResolver,
  InvoiceQueriesResolver,
  OperatorInvoicesResolver,
  OrderInvoiceResolver,
  PayerCreditEntryResolver,
  PayerCreditResolver,
  PayerInvoicesResolver,
} from '../features/invoices/index.js';
import {
  LedgerEntryResolver,
  MerchantLedgerResolver,
  OperatorLedgerResolver,
  PayoutResolver,
  SettlementsResolver,
} from '../features/ledger/index.js';
import {
  MerchantEndpointsResolver,
  NotificationMutationsResolver,
  NotificationQueriesResolver,
  OrderNotificationsResolver,
} from '../features/notifications/index.js';
import {
  AddStoredCredentialResolver,
  BalanceMovementOrderResolver,
  LedgerEntryOrderResolver,
  OperationResolver,
  OrderLedgerResolver,
  OrderLiveResolver,
  OrderMutationsResolver,
  OrderQueriesResolver,
} from '../features/orders/index.js';
import { PayersResolver, StoredCredentialsResolver } from '../features/payers/index.js';
import { OperatorAccountsResolver, PaymentSystemsResolver } from '../features/payment-systems/index.js';
import {
  ApiKeysResolver,
  ClientTokensResolver,
  MerchantsResolver,
  OperatorFieldsResolver,
  OperatorsResolver,
  SigningSecretsResolver,
  scopeChecker,
  TestClocksResolver,
  ViewerResolver,
} from '../features/tenancy/index.js';
import { NodeResolver } from '../platform/graphql/node.resolver.js';
import { readPlainFieldsAsProperties } from '../platform/graphql/plain-fields.js';
import { pubSubStub } from '../platform/graphql/pub-sub-stub.js';
import { DOWNLOAD_RESOLVERS } from './downloads.js';

/** Every resolver of the API by its class, which is all that the schema's text needs. */
const RESOLVERS: NonEmptyArray<new (...parts: never[]) => object> = [
  NodeResolver,
  ViewerResolver,
  OperatorsResolver,
  OperatorFieldsResolver,
  TestClocksResolver,
  MerchantsResolver,
  ApiKeysResolver,
  SigningSecretsResolver,
  ClientTokensResolver,
  PaymentSystemsResolver,
  OperatorAccountsResolver,
  PayersResolver,
  StoredCredentialsResolver,
  AddStoredCredentialResolver,
  MerchantLedgerResolver,
  OperatorLedgerResolver,
  PayoutResolver,
  LedgerEntryResolver,
  SettlementsResolver,
  ...DOWNLOAD_RESOLVERS,
  OrderLedgerResolver,
  LedgerEntryOrderResolver,
  BalanceMovementOrderResolver,
  OrderQueriesResolver,
  OrderMutationsResolver,
  OrderLiveResolver,
  OperationResolver,
  OrderAgreementResolver,
  InvoiceQueriesResolver,
  InvoiceFieldsResolver,
  InvoiceItemsResolver,
  InvoiceMutationsResolver,
  InvoiceLiveResolver,
  CreditNoteFieldsResolver,
  CreditNoteLineFieldsResolver,
  CreditNoteRefundResolver,
  PayerInvoicesResolver,
  OperatorInvoicesResolver,
  PayerCreditEntryResolver,
  PayerCreditResolver,
  OrderInvoiceResolver,
  BulkQueriesResolver,
  BulkMutationsResolver,
  BulkOperationFieldsResolver,
  BulkRowFieldsResolver,
  BulkLiveResolver,
  NotificationQueriesResolver,
  OrderNotificationsResolver,
  MerchantEndpointsResolver,
  NotificationMutationsResolver,
  AgreementQueriesResolver,
  AgreementFieldsResolver,
  InstallmentFieldsResolver,
  AgreementChargeFieldsResolver,
  AgreementMutationsResolver,
  AgreementChargesResolver,
  AgreementLiveResolver,
  BillingProgressResolver,
];

/** type-graphql has nowhere to say what the three roots are. */
function describeRoots(schema: GraphQLSchema): void {
  const roots = [
    [
      schema.getQueryType(),
      'What can be read. What is another operator’s or another merchant’s is as if it never was.',
    ],
    [
      schema.getMutationType(),
      'What can be done. Every field answers with a payload or a `Problem`; a request has one of them.',
    ],
    [
      schema.getSubscriptionType(),
      'What can be watched, over a WebSocket that speaks graphql-transport-ws. A key that ends closes its sockets.',
    ],
  ] as const;
  for (const [root, description] of roots) if (root) root.description = description;
}

/**
 * The API over these resolvers, made by hand: type-graphql would make them
 * itself, without what they need. Without any, the schema can only be printed.
 */
export async function buildApiSchema(resolvers: readonly object[]): Promise<GraphQLSchema> {
  const made = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const missing = RESOLVERS.filter((type) => resolvers.length > 0 && !made.has(type));
  if (missing.length > 0) throw new Error(`Not made: ${missing.map(({ name }) => name).join(', ')}.`);
  const schema = await buildSchema({
    resolvers: RESOLVERS,
    container: { get: (type) => made.get(type) },
    authChecker: scopeChecker,
    pubSub: pubSubStub,
    validate: false,
    // It asks the schema for all of itself, a third of the making; that it is valid, Apollo asserts before it serves it.
    skipCheck: true,
  });
  readPlainFieldsAsProperties(schema);
  describeRoots(schema);
  return schema;
}

/** For a process that answers nobody: the whole one takes 20 MB and a part of its start. */
export const NO_API = new GraphQLSchema({});
