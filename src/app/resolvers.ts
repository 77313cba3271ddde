import {
  AgreementChargeFieldsResolver,
  AgreementChargesResolver,
  AgreementFieldsResolver,
  AgreementLiveResolver,
  AgreementMutationsResolver,
  AgreementQueriesResolver,
  agreementNodes,
  BillingProgressResolver,
  InstallmentFieldsResolver,
  joinAgreement,
  OrderAgreementResolver,
} from '../features/agreements/index.js';
import {
  BulkLiveResolver,
  BulkMutationsResolver,
  BulkOperationFieldsResolver,
  BulkQueriesResolver,
  BulkRowFieldsResolver,
  bulkNodes,
  type UploadLinks,
  type UploadParts,
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
  invoiceNodes,
  OperatorInvoicesResolver,
  OrderInvoiceResolver,
  PayerCreditEntryResolver,
  PayerCreditResolver,
  PayerInvoicesResolver,
} from '../features/invoices/index.js';
import {
  LedgerEntryResolver,
  ledgerNodes,
  MerchantLedgerResolver,
  OperatorLedgerResolver,
  PayoutResolver,
  SettlementsResolver,
  type StatementLinks,
} from '../features/ledger/index.js';
import {
  MerchantEndpointsResolver,
  type NotificationMutationsParts,
  NotificationMutationsResolver,
  NotificationQueriesResolver,
  notificationNodes,
  OrderNotificationsResolver,
} from '../features/notifications/index.js';
import {
  AddStoredCredentialResolver,
  BalanceMovementOrderResolver,
  type Carriers,
  type InputRules,
  LedgerEntryOrderResolver,
  OperationResolver,
  OrderLedgerResolver,
  OrderLiveResolver,
  OrderMutationsResolver,
  OrderQueriesResolver,
  orderLoader,
  orderNodes,
  type PaymentPageLinks,
} from '../features/orders/index.js';
import { PayersResolver, payerNodes, StoredCredentialsResolver } from '../features/payers/index.js';
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
  SigningSecretsResolver,
  TestClocksResolver,
  ViewerResolver,
} from '../features/tenancy/index.js';
import type { Sql } from '../platform/database/sql.js';
import { NodeResolver } from '../platform/graphql/node.resolver.js';
import type { MasterKeys } from '../platform/secrets/master-keys.js';
import { hasUnsettledMoney } from './has-unsettled-money.js';

/** What resolvers need beyond their context. */
export interface ResolverParts {
  readonly masterKeys: MasterKeys;
  readonly connection: ConnectionParts;
  readonly carriers: Carriers;
  readonly acrossOperators: Sql;
  readonly scopedReads: ScopedReads;
  readonly inputRules: InputRules;
  readonly pageLinks: PaymentPageLinks;
  readonly statementLinks: StatementLinks;
  /** What makes links to files. */
  readonly downloads: readonly object[];
  readonly uploads: UploadParts;
  readonly uploadLinks: UploadLinks;
  readonly notifications: NotificationMutationsParts;
}

/** Every resolver of the API, each with what it needs. */
export function resolversOf(parts: ResolverParts): readonly object[] {
  const { masterKeys, connection, carriers, acrossOperators, scopedReads, inputRules, pageLinks } = parts;
  return [
    new NodeResolver({
      ...nodeLoaders,
      ...paymentSystemNodeLoaders(connection.address),
      ...payerNodes,
      ...ledgerNodes,
      ...orderNodes,
      ...agreementNodes,
      ...invoiceNodes,
      ...bulkNodes,
      ...notificationNodes,
    }),
    new ViewerResolver(),
    new OperatorsResolver({ masterKeys, system: acrossOperators, reads: scopedReads }),
    new OperatorFieldsResolver(scopedReads),
    new TestClocksResolver(),
    new MerchantsResolver({ httpAllowed: inputRules.httpUrlsAllowed }),
    new ApiKeysResolver(acrossOperators),
    new SigningSecretsResolver(masterKeys),
    new ClientTokensResolver({
      masterKeys,
      orderIsVisible: async (context, orderId) => (await orderLoader(context).load(orderId)) !== null,
    }),
    new PaymentSystemsResolver({ ...connection, hasUnsettledOrders: hasUnsettledMoney }),
    new OperatorAccountsResolver(connection.address),
    new PayersResolver(),
    new StoredCredentialsResolver(carriers),
    new AddStoredCredentialResolver(carriers, inputRules),
    new MerchantLedgerResolver(parts.statementLinks),
    new OperatorLedgerResolver(),
    new PayoutResolver(),
    new LedgerEntryResolver(),
    new SettlementsResolver(),
    ...parts.downloads,
    new OrderLedgerResolver(),
    new LedgerEntryOrderResolver(),
    new BalanceMovementOrderResolver(),
    new OrderQueriesResolver(pageLinks),
    new OrderMutationsResolver(carriers, inputRules, joinAgreement),
    new OrderLiveResolver(),
    new OperationResolver(),
    new OrderAgreementResolver(),
    new AgreementQueriesResolver(),
    new AgreementFieldsResolver(),
    new InstallmentFieldsResolver(),
    new AgreementChargeFieldsResolver(),
    new AgreementMutationsResolver(carriers, inputRules, pageLinks),
    new AgreementChargesResolver(carriers),
    new AgreementLiveResolver(),
    new InvoiceQueriesResolver(inputRules.nowOf),
    new InvoiceItemsResolver(carriers),
    new InvoiceFieldsResolver(pageLinks),
    new InvoiceMutationsResolver(carriers),
    new InvoiceLiveResolver(),
    new CreditNoteFieldsResolver(),
    new CreditNoteLineFieldsResolver(),
    new CreditNoteRefundResolver(),
    new PayerInvoicesResolver(),
    new PayerCreditResolver(),
    new PayerCreditEntryResolver(),
    new OrderInvoiceResolver(),
    new OperatorInvoicesResolver(),
    new BulkQueriesResolver(),
    new BulkMutationsResolver(parts.uploads),
    new BulkOperationFieldsResolver(parts.uploadLinks),
    new BulkRowFieldsResolver(),
    new BulkLiveResolver(),
    new NotificationQueriesResolver(),
    new OrderNotificationsResolver(),
    new MerchantEndpointsResolver(),
    new NotificationMutationsResolver(parts.notifications),
    new BillingProgressResolver(inputRules.nowOf),
  ];
}
