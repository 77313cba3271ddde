import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { AGREEMENT_TRANSITIONS, CHARGE_TRANSITIONS } from '../../src/features/agreements/domain/agreement-status.js';
import {
  OPERATION_STATUSES,
  OPERATION_TRANSITIONS,
  OPERATION_TYPES,
  TRANSACTION_TYPES,
} from '../../src/features/orders/domain/operation-state.js';
import { newUuid } from '../../src/kernel/ids.js';
import { urlFor } from '../../src/platform/database/migrate.js';
import { plainPool } from '../../src/platform/database/pools.js';
import { AHEAD_MAX_MS } from '../../src/platform/database/test-clock.entity.js';
import { Catalogue } from '../support/catalogue.js';
import { INVOICE_CONSTRAINTS } from '../support/constraints-of-invoices.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TEST_PASSWORDS } from '../support/test-passwords.js';
import { CREDIT_CASES } from './invoices/credit-constraints.js';

/**
 * What the data model promises, tried on the database itself: each case writes
 * what is allowed and then, differing in one point, what is not, as the
 * application's own role. The last test fails when a constraint has no case.
 */

const [OPERATOR, TESTER, SHOP, OTHER_SHOP] = [newUuid(), newUuid(), newUuid(), newUuid()];
const [TEST_ACCOUNT, LIVE_ACCOUNT] = [newUuid(), newUuid()];
const [PAYER, TEST_PAYER_OF_OTHER_SHOP, LIVE_PAYER] = [newUuid(), newUuid(), newUuid()];
const [ORDER, OTHER_ORDER] = [newUuid(), newUuid()];
const [OPERATION, OTHER_OPERATION] = [newUuid(), newUuid()];
const [CREDENTIAL, CREDENTIAL_OF_OTHER] = [newUuid(), newUuid()];
const [AGREEMENT, OTHER_AGREEMENT, CHARGE, CHARGE_OF_OTHER] = [newUuid(), newUuid(), newUuid(), newUuid()];
const [ENDPOINT, ENDPOINT_OF_OTHER, LIVE_ENDPOINT, NOTIFICATION] = [newUuid(), newUuid(), newUuid(), newUuid()];
const [API_KEY, FILE] = [newUuid(), newUuid()];
const HERE = newUuid();
const [POSTING, MOVEMENT, PAYOUT, SETTLEMENT, CHECK] = [newUuid(), newUuid(), newUuid(), newUuid(), newUuid()];
const NOBODY = newUuid();
const NOW = new Date();

type Row = Readonly<Record<string, unknown>>;
type Table = keyof typeof ROWS;
type Insert = readonly [Table, Row];
interface Case {
  /** The constraint's name, as the catalogue has it. */
  readonly name: string;
  readonly what: string;
  readonly given?: readonly Insert[];
  readonly refused: Insert;
}

let billNumbers = 0;
let postings = 0;
let lines = 0;
let rowsOfFile = 1;

/** A row of each table that nothing is wrong with, and that meets no other. */
const ROWS = {
  operators: () => ({ id: OPERATOR, name: 'x', status: 'ACTIVE', time_zone: 'UTC', data_key: '', created_at: NOW }),
  merchants: () => ({
    ...ofOperator(),
    name: 'x',
    allowed_sources: ['INTERNET'],
    retry_policy_days: [1],
    time_zone: 'UTC',
    ...written(),
  }),
  api_keys: () => ({
    ...ofOperator(),
    kind: 'OPERATOR',
    mode: 'TEST',
    name: 'x',
    scopes: [],
    hash: newUuid(),
    hint: '',
    created_at: NOW,
  }),
  merchant_signing_secrets: () => ({
    ...ofOperator(),
    merchant_id: SHOP,
    mode: 'TEST',
    secret_encrypted: '',
    hint: '',
    created_at: NOW,
    expires_at: NOW,
  }),
  payment_system_accounts: () => ({
    ...ofOperator(),
    kind: 'STRIPE',
    mode: 'TEST',
    publishable_key: 'pk',
    secret_key_encrypted: '',
    secret_key_hint: '',
    status: 'ACTIVE',
    external_account_id: newUuid(),
    polled: false,
    verified_at: NOW,
    created_at: NOW,
  }),
  webhook_endpoints: () => ({ ...ofOperator(), account_id: TEST_ACCOUNT, external_id: 'we_x', created_at: NOW }),
  inbox_events: () => ({
    operator_id: OPERATOR,
    account_id: TEST_ACCOUNT,
    event_id: newUuid(),
    type: 'x',
    payload: {},
    status: 'RECEIVED',
    attempts: 0,
    due_at: NOW,
    received_at: NOW,
  }),
  payers: () => ({ ...ofOperator(), merchant_id: SHOP, mode: 'TEST', reference: newUuid(), ...written() }),
  payer_customers: () => ({
    operator_id: OPERATOR,
    payer_id: PAYER,
    account_id: TEST_ACCOUNT,
    external_id: 'cus_x',
    created_at: NOW,
  }),
  stored_credentials: () => ({
    ...ofOperator(),
    payer_id: PAYER,
    account_id: TEST_ACCOUNT,
    type: 'CARD',
    external_id: newUuid(),
    external_customer_id: 'cus_x',
    last_four: '4242',
    expiry_month: 12,
    status: 'ACTIVE',
    created_at: NOW,
  }),
  orders: () => ({
    ...ofOperator(),
    merchant_id: SHOP,
    mode: 'TEST',
    payment_system_account_id: TEST_ACCOUNT,
    payer_id: PAYER,
    order_number: newUuid(),
    bill_number: String(++billNumbers).padStart(12, '0'),
    status: 'CREATED',
    capture_mode: 'AUTOMATIC',
    currency: 'USD',
    amount_minor: 1000,
    save_credential: false,
    metadata: {},
    ...written(),
  }),
  operations: () => ({
    ...ofOperator(),
    order_id: ORDER,
    type: 'CANCELLATION',
    status: 'SUCCEEDED',
    amount_minor: 1000,
    request: {},
    created_at: NOW,
  }),
  transactions: () => ({
    ...ofOperator(),
    order_id: ORDER,
    operation_id: OPERATION,
    position: 1,
    type: 'REFUND',
    status: 'SUCCEEDED',
    amount_minor: 1000,
    created_at: NOW,
  }),
  disputes: () => ({
    ...ofOperator(),
    order_id: ORDER,
    external_id: newUuid(),
    status: 'OPEN',
    amount_minor: 1000,
    ...written(),
  }),
  events: () => ({ operator_id: OPERATOR, type: 'x', subject_id: ORDER, payload: {}, occurred_at: NOW }),
  idempotency_keys: () => ({
    operator_id: OPERATOR,
    owner: 'x',
    key: newUuid(),
    request_hash: '',
    result: {},
    created_at: NOW,
  }),
  test_clocks: () => ({ operator_id: TESTER, ahead_ms: 1000, moves: '[]', moved_at: NOW }),
  agreements: () => ({
    ...ofOperator(),
    merchant_id: SHOP,
    mode: 'TEST',
    payment_system_account_id: TEST_ACCOUNT,
    payer_id: PAYER,
    credential_id: CREDENTIAL,
    reference: newUuid(),
    type: 'RECURRING',
    status: 'PENDING',
    currency: 'USD',
    metadata: {},
    charge_amounts: [],
    time_zone: 'UTC',
    first_cit_at: NOW,
    ...written(),
  }),
  agreement_charges: () => ({
    ...ofOperator(),
    agreement_id: AGREEMENT,
    kind: 'EXTRA',
    amount_minor: 1000,
    planned_at: NOW,
    status: 'OPEN',
    attempts: 1,
    created_at: NOW,
  }),
  agreement_changes: () => ({ ...ofOperator(), agreement_id: AGREEMENT, kind: 'STATUS', created_at: NOW }),
  payment_paces: () => ({ operator_id: OPERATOR, account_id: TEST_ACCOUNT, free_at: NOW }),
  ledger_postings: () => ({
    ...ofOperator(),
    mode: 'TEST',
    kind: 'CAPTURE',
    order_id: ORDER,
    number: ++postings,
    occurred_at: NOW,
    posted_at: NOW,
  }),
  ledger_entries: () => ({
    operator_id: OPERATOR,
    posting_id: HERE,
    line: ++lines,
    mode: 'TEST',
    account: 'OTHER',
    payment_system_account_id: TEST_ACCOUNT,
    currency: 'USD',
    amount_minor: 1000,
    posted_at: NOW,
  }),
  ledger_orders: () => ({
    operator_id: OPERATOR,
    order_id: ORDER,
    merchant_id: SHOP,
    mode: 'TEST',
    payment_system_account_id: TEST_ACCOUNT,
    currency: 'USD',
    captured_minor: 0,
    refunded_minor: 0,
    disputed_minor: 0,
    unavailable_minor: 0,
    pending_minor: 0,
    captured_moved_minor: 0,
    refunded_moved_minor: 0,
    postings: 1,
  }),
  ledger_balances: () => ({
    ...ofOperator(),
    mode: 'TEST',
    account: 'AVAILABLE',
    merchant_id: SHOP,
    currency: String(++lines),
    balance_minor: 1000,
  }),
  ledger_positions: () => ({ operator_id: OPERATOR, up_to: '0' }),
  balance_movements: () => ({
    ...ofOperator(),
    payment_system_account_id: TEST_ACCOUNT,
    mode: 'TEST',
    external_id: newUuid(),
    kind: 'CAPTURE',
    amount_minor: 1000,
    fee_minor: 30,
    net_minor: 970,
    currency: 'USD',
    original_minor: 1000,
    original_currency: 'USD',
    available_at: NOW,
    occurred_at: NOW,
    order_id: ORDER,
    payout_id: PAYOUT,
    status: 'POSTED',
    created_at: NOW,
  }),
  balance_sweeps: () => ({ operator_id: OPERATOR, id: TEST_ACCOUNT, due_at: NOW, swept_at: NOW }),
  payouts: () => ({
    ...ofOperator(),
    payment_system_account_id: TEST_ACCOUNT,
    mode: 'TEST',
    external_id: newUuid(),
    status: 'PAID',
    amount_minor: 1000,
    currency: 'USD',
    automatic: true,
    arrives_at: NOW,
    ...written(),
  }),
  settlements: () => ({
    ...ofOperator(),
    merchant_id: SHOP,
    mode: 'TEST',
    currency: 'USD',
    amount_minor: 1000,
    fees_minor: 0,
    reference: 'x',
    in_advance: false,
    occurred_at: NOW,
    created_at: NOW,
  }),
  ledger_checks: () => ({
    ...ofOperator(),
    payment_system_account_id: TEST_ACCOUNT,
    mode: 'TEST',
    orders: 1,
    movements: 1,
    differences: 1,
    checked_at: NOW,
  }),
  ledger_differences: () => ({ ...ofOperator(), check_id: CHECK, kind: 'MOVEMENT_DIFFERS', detail: 'x' }),
  notification_endpoints: () => ({
    ...ofOperator(),
    merchant_id: SHOP,
    mode: 'TEST',
    origin: newUuid(),
    status: 'HEALTHY',
    created_at: NOW,
  }),
  notifications: () => ({
    ...ofOperator(),
    endpoint_id: ENDPOINT,
    merchant_id: SHOP,
    mode: 'TEST',
    group_id: newUuid(),
    type: 'x',
    url: 'https://x',
    format: 'JSON',
    body: '{}',
    status: 'PENDING',
    occurred_at: NOW,
    created_at: NOW,
  }),
  notification_attempts: () => ({
    operator_id: OPERATOR,
    notification_id: NOTIFICATION,
    number: 1,
    started_at: NOW,
    duration_ms: 1,
    outcome: 'NOT_OK',
  }),
  notification_cursors: () => ({ operator_id: OPERATOR, transaction_id: '1', sequence: 1 }),
  bulk_operations: () => ({
    ...ofOperator(),
    merchant_id: SHOP,
    mode: 'TEST',
    kind: 'CHARGE_AGREEMENTS',
    status: 'RUNNING',
    is_dry_run: false,
    api_key_id: API_KEY,
    header: ['x'],
    sha256: 'x',
    created_at: NOW,
  }),
  bulk_rows: () => ({
    operator_id: OPERATOR,
    operation_id: FILE,
    line: ++rowsOfFile,
    cells: ['x'],
    outcome: 'PENDING',
  }),
  bulk_references: () => ({
    operator_id: OPERATOR,
    merchant_id: SHOP,
    mode: 'TEST',
    kind: 'CHARGE_AGREEMENTS',
    reference: newUuid(),
    operation_id: FILE,
    line: 2,
    digest: 'x',
    begun_at: NOW,
    is_done: false,
  }),
};

/** What is there before each case. */
const WORLD: readonly Insert[] = [
  ['operators', {}],
  ['merchants', { id: SHOP }],
  ['merchants', { id: OTHER_SHOP }],
  ['payment_system_accounts', { id: TEST_ACCOUNT }],
  ['payment_system_accounts', { id: LIVE_ACCOUNT, mode: 'LIVE' }],
  ['payers', { id: PAYER }],
  ['payers', { id: TEST_PAYER_OF_OTHER_SHOP, merchant_id: OTHER_SHOP }],
  ['payers', { id: LIVE_PAYER, mode: 'LIVE' }],
  ['orders', { id: ORDER }],
  ['orders', { id: OTHER_ORDER }],
  ['operations', { id: OPERATION }],
  ['operations', { id: OTHER_OPERATION, order_id: OTHER_ORDER }],
  ['stored_credentials', { id: CREDENTIAL }],
  ['stored_credentials', { id: CREDENTIAL_OF_OTHER, payer_id: TEST_PAYER_OF_OTHER_SHOP }],
  ['agreements', { id: AGREEMENT }],
  ['agreements', { id: OTHER_AGREEMENT, ...ofOtherShop() }],
  ['agreement_charges', { id: CHARGE }],
  ['agreement_charges', { id: CHARGE_OF_OTHER, agreement_id: OTHER_AGREEMENT }],
  ['ledger_postings', { id: POSTING }],
  ['payouts', { id: PAYOUT }],
  ['balance_movements', { id: MOVEMENT }],
  ['settlements', { id: SETTLEMENT }],
  ['ledger_checks', { id: CHECK }],
  ['notification_endpoints', { id: ENDPOINT }],
  ['notification_endpoints', { id: ENDPOINT_OF_OTHER, merchant_id: OTHER_SHOP }],
  ['notification_endpoints', { id: LIVE_ENDPOINT, mode: 'LIVE' }],
  ['notifications', { id: NOTIFICATION }],
  ['api_keys', { id: API_KEY }],
  ['bulk_operations', { id: FILE }],
];

/** Columns that take the values of a list: `TABLE_COLUMN_check`. */
const LISTS: Readonly<Partial<Record<Table, readonly string[]>>> = {
  operators: ['status'],
  merchants: ['callback_format'],
  api_keys: ['kind', 'mode'],
  merchant_signing_secrets: ['mode'],
  payment_system_accounts: ['kind', 'mode', 'status'],
  inbox_events: ['status'],
  payers: ['mode'],
  stored_credentials: ['type', 'status', 'removed_because', 'mandate_status'],
  orders: ['status', 'mode', 'closed_as', 'capture_mode', 'source', 'stored_on_file'],
  operations: ['type', 'status'],
  transactions: ['type', 'status'],
  disputes: ['status'],
  agreements: ['mode', 'type', 'status', 'suspended_because', 'amount_variability', 'frequency', 'period'],
  agreement_charges: ['kind', 'status', 'gave_up_because', 'give_up_as'],
  agreement_changes: ['kind'],
  ledger_postings: ['mode', 'kind'],
  ledger_entries: ['mode', 'account'],
  ledger_orders: ['mode'],
  ledger_balances: ['mode', 'account'],
  balance_movements: ['mode', 'kind', 'status'],
  payouts: ['mode', 'status'],
  settlements: ['mode'],
  ledger_checks: ['mode'],
  ledger_differences: ['kind'],
  notification_endpoints: ['mode', 'status'],
  notifications: ['mode', 'format', 'status', 'last_outcome'],
  notification_attempts: ['outcome'],
  bulk_operations: ['mode', 'kind', 'status'],
  bulk_rows: ['outcome'],
  bulk_references: ['mode', 'kind'],
};

/** What a value that is on no list needs besides, to be wrong in nothing else. */
const BESIDES_LISTS: Readonly<Record<string, Row>> = {
  stored_credentials_removed_because_check: { status: 'REMOVED', removed_at: NOW },
  agreement_charges_status_check: { finished_at: NOW },
  notification_endpoints_status_check: { failing_since: NOW },
};

/** Columns that hold another row's id: `TABLE_COLUMN_reference`. */
const REFERENCES: Readonly<Partial<Record<Table, readonly string[]>>> = {
  merchants: ['default_payment_system_account_id'],
  api_keys: ['merchant_id'],
  merchant_signing_secrets: ['merchant_id'],
  webhook_endpoints: ['account_id'],
  inbox_events: ['account_id'],
  payers: ['merchant_id'],
  payer_customers: ['payer_id', 'account_id'],
  stored_credentials: ['payer_id', 'account_id'],
  orders: ['merchant_id', 'payment_system_account_id', 'payer_id', 'agreement_id', 'charge_id', 'credential_id'],
  operations: ['order_id'],
  transactions: ['operation_id'],
  disputes: ['order_id'],
  agreements: ['merchant_id', 'payment_system_account_id', 'payer_id', 'credential_id'],
  agreement_charges: ['agreement_id'],
  agreement_changes: ['agreement_id'],
  payment_paces: ['account_id'],
  ledger_postings: ['order_id', 'movement_id', 'payout_id', 'settlement_id'],
  ledger_entries: ['posting_id'],
  ledger_orders: ['order_id'],
  ledger_balances: ['merchant_id', 'payment_system_account_id'],
  balance_movements: ['payment_system_account_id', 'order_id', 'payout_id'],
  balance_sweeps: ['id'],
  payouts: ['payment_system_account_id'],
  settlements: ['merchant_id'],
  ledger_checks: ['payment_system_account_id'],
  ledger_differences: ['check_id', 'merchant_id', 'order_id'],
  notification_endpoints: ['merchant_id'],
  notifications: ['endpoint_id', 'order_id'],
  notification_attempts: ['notification_id'],
  bulk_operations: ['merchant_id', 'api_key_id'],
  bulk_references: ['operation_id'],
};

/** What makes two rows the same row. */
const KEYS: Readonly<Record<Table, Row>> = {
  operators: {},
  merchants: { id: NOBODY },
  api_keys: { id: NOBODY },
  merchant_signing_secrets: { id: NOBODY },
  payment_system_accounts: { id: NOBODY },
  webhook_endpoints: { id: NOBODY },
  inbox_events: { event_id: 'evt_x' },
  payers: { id: NOBODY },
  payer_customers: {},
  stored_credentials: { id: NOBODY },
  orders: { id: NOBODY },
  operations: { id: NOBODY },
  transactions: { id: NOBODY },
  disputes: { id: NOBODY },
  events: { sequence: 7 },
  idempotency_keys: { key: 'x' },
  test_clocks: {},
  agreements: { id: NOBODY },
  agreement_charges: { id: NOBODY },
  agreement_changes: { id: NOBODY },
  payment_paces: {},
  ledger_postings: { id: NOBODY },
  ledger_entries: { line: 77 },
  ledger_orders: {},
  ledger_balances: { id: NOBODY },
  ledger_positions: {},
  balance_movements: { id: NOBODY },
  balance_sweeps: {},
  payouts: { id: NOBODY },
  settlements: { id: NOBODY },
  ledger_checks: { id: NOBODY },
  ledger_differences: { id: NOBODY },
  notification_endpoints: { id: NOBODY },
  notifications: { id: NOBODY },
  notification_attempts: {},
  notification_cursors: {},
  bulk_operations: { id: NOBODY },
  bulk_rows: { line: 77 },
  bulk_references: { reference: 'x' },
};

const REMOVED = { status: 'REMOVED', removed_because: 'REQUESTED', removed_at: NOW };

const KEY_OF_PAYMENT_SYSTEM = { external_account_id: 'acct_x' };

const OF_PERIOD = { kind: 'SCHEDULED', number: 7 };
const ATTEMPT = { agreement_id: AGREEMENT, charge_id: CHARGE };

const DUE = { due_at: NOW, ready_at: NOW };

const UNIQUE: readonly Case[] = [
  ...Object.entries(KEYS).map(([table, key]) => twice(`${table}_pkey`, 'one row', table as Table, key)),
  twice('api_keys_hash_unique', 'one key of one text', 'api_keys', { hash: 'x' }),
  {
    name: 'merchant_signing_secrets_current',
    what: 'one current secret of a merchant in a mode, beside any number that end',
    given: [
      ['merchant_signing_secrets', {}],
      ['merchant_signing_secrets', { expires_at: null, mode: 'LIVE' }],
      ['merchant_signing_secrets', { expires_at: null, merchant_id: OTHER_SHOP }],
      ['merchant_signing_secrets', { expires_at: null }],
    ],
    refused: ['merchant_signing_secrets', { expires_at: null }],
  },
  {
    name: 'payment_system_accounts_connected_once',
    what: 'one connection of an external account, and again after it was disconnected',
    given: [
      ['payment_system_accounts', { ...KEY_OF_PAYMENT_SYSTEM, status: 'DISCONNECTED' }],
      ['payment_system_accounts', { ...KEY_OF_PAYMENT_SYSTEM, mode: 'LIVE' }],
      ['payment_system_accounts', { ...KEY_OF_PAYMENT_SYSTEM, status: 'KEYS_REJECTED' }],
    ],
    refused: ['payment_system_accounts', KEY_OF_PAYMENT_SYSTEM],
  },
  {
    name: 'payers_reference_unique',
    what: "one payer per merchant's reference, and any number without one",
    given: [
      ['payers', { reference: null }],
      ['payers', { reference: null }],
      ['payers', { reference: 'x' }],
      ['payers', { reference: 'x', mode: 'LIVE' }],
      ['payers', { reference: 'x', merchant_id: OTHER_SHOP }],
    ],
    refused: ['payers', { reference: 'x' }],
  },
  {
    name: 'stored_credentials_external_unique',
    what: 'one credential per token of an account',
    given: [
      ['stored_credentials', { external_id: 'pm_x', account_id: LIVE_ACCOUNT }],
      ['stored_credentials', { external_id: 'pm_x', ...REMOVED }],
    ],
    refused: ['stored_credentials', { external_id: 'pm_x' }],
  },
  twice('ledger_postings_number_unique', 'one posting per number of an order', 'ledger_postings', { number: 7777 }),
  {
    name: 'ledger_postings_once_per_movement',
    what: 'one posting of a kind per movement',
    given: [
      ['ledger_postings', { movement_id: MOVEMENT, kind: 'FEE' }],
      ['ledger_postings', { movement_id: null, kind: 'EXCHANGE' }],
      ['ledger_postings', { movement_id: MOVEMENT, kind: 'EXCHANGE' }],
    ],
    refused: ['ledger_postings', { movement_id: MOVEMENT, kind: 'EXCHANGE' }],
  },
  twice('ledger_postings_once_per_settlement', 'one posting per settlement', 'ledger_postings', {
    settlement_id: SETTLEMENT,
  }),
  {
    name: 'ledger_balances_unique',
    what: 'one kept balance per account and currency, also where there is no merchant',
    given: [
      ['ledger_balances', { currency: 'USD' }],
      ['ledger_balances', { currency: 'USD', merchant_id: null, account: 'SETTLEMENTS' }],
    ],
    refused: ['ledger_balances', { currency: 'USD', merchant_id: null, account: 'SETTLEMENTS' }],
  },
  {
    name: 'balance_movements_external_unique',
    what: 'one row per movement of an account',
    given: [
      ['balance_movements', { external_id: 'txn_x', mode: 'LIVE', payment_system_account_id: LIVE_ACCOUNT }],
      ['balance_movements', { external_id: 'txn_x' }],
    ],
    refused: ['balance_movements', { external_id: 'txn_x' }],
  },
  {
    name: 'payouts_external_unique',
    what: 'one row per payout of an account',
    given: [
      ['payouts', { external_id: 'po_x', mode: 'LIVE', payment_system_account_id: LIVE_ACCOUNT }],
      ['payouts', { external_id: 'po_x' }],
    ],
    refused: ['payouts', { external_id: 'po_x' }],
  },
  twice('orders_bill_number_unique', 'one order per bill number', 'orders', { bill_number: '999999999999' }),
  {
    name: 'orders_number_held',
    what: 'one live or paid order per number, and another when it came to nothing',
    given: [
      ['orders', { order_number: 'x', merchant_id: OTHER_SHOP, payer_id: null }],
      ...['DECLINED', 'EXPIRED', 'CANCELED', 'CAPTURED'].map(
        (status): Insert => ['orders', { order_number: 'x', status }],
      ),
    ],
    refused: ['orders', { order_number: 'x' }],
  },
  {
    name: 'orders_external_payment',
    what: 'one order per payment of an account',
    given: [
      ['orders', { external_payment_id: 'pi_x' }],
      ['orders', { external_payment_id: 'pi_x', ...onLiveAccount() }],
      ['orders', { external_payment_id: null }],
    ],
    refused: ['orders', { external_payment_id: 'pi_x' }],
  },
  {
    name: 'operations_one_payment',
    what: 'one payment of an order that is alive or succeeded',
    given: [
      ...['DECLINED', 'FAILED', 'CANCELED', 'SUCCEEDED'].map(
        (status): Insert => ['operations', { type: 'PAYMENT', status }],
      ),
      ['operations', { type: 'PAYMENT', order_id: OTHER_ORDER }],
    ],
    refused: ['operations', { type: 'VERIFICATION', status: 'REQUIRES_ACTION' }],
  },
  ...['PENDING', 'UNKNOWN'].map(
    (status): Case => ({
      name: 'operations_one_in_flight',
      what: `one operation of an order whose outcome is not known, here ${status}`,
      given: [
        ['operations', { type: 'CAPTURE', status: 'UNKNOWN' }],
        ['operations', { status, order_id: OTHER_ORDER }],
        ['operations', { status: 'PROCESSING' }],
      ],
      refused: ['operations', { status }],
    }),
  ),
  {
    name: 'transactions_page',
    what: 'one transaction per page of the payment system',
    given: [
      ['transactions', { page_external_id: null }],
      ['transactions', { page_external_id: 'cs_x' }],
    ],
    refused: ['transactions', { page_external_id: 'cs_x' }],
  },
  {
    name: 'transactions_external',
    what: 'one transaction per refund, while all steps on a payment name the payment',
    given: [
      ['transactions', { type: 'CAPTURE', external_id: 'pi_x' }],
      ['transactions', { type: 'CAPTURE', external_id: 'pi_x' }],
      ['transactions', { external_id: null }],
      ['transactions', { external_id: 're_x' }],
    ],
    refused: ['transactions', { external_id: 're_x' }],
  },
  twice('disputes_external_unique', 'one row per dispute', 'disputes', { external_id: 'dp_x' }),
  {
    name: 'agreements_reference_unique',
    what: "one agreement per merchant's reference, also when it has ended",
    given: [
      ['agreements', { reference: 'x', ...ofOtherShop() }],
      ['agreements', { reference: 'x', status: 'CANCELED' }],
    ],
    refused: ['agreements', { reference: 'x' }],
  },
  {
    name: 'agreement_charges_number_unique',
    what: 'one charge per period of an agreement, and any number beside the schedule',
    given: [
      ['agreement_charges', {}],
      ['agreement_charges', {}],
      ['agreement_charges', { ...OF_PERIOD, agreement_id: OTHER_AGREEMENT }],
      ['agreement_charges', { ...OF_PERIOD, status: 'FAILED', finished_at: NOW }],
    ],
    refused: ['agreement_charges', OF_PERIOD],
  },
  {
    name: 'orders_charge_held',
    what: 'one attempt at a charge that is alive or took money, and another when it came to nothing',
    given: [
      ...['DECLINED', 'EXPIRED', 'CANCELED'].map((status): Insert => ['orders', { ...ATTEMPT, status }]),
      ...['DISPUTED', 'CAPTURED'].map((status): Insert => ['orders', { ...ATTEMPT, status, charge_released: true }]),
      ['orders', { ...ATTEMPT, status: 'DISPUTED' }],
    ],
    refused: ['orders', ATTEMPT],
  },
  {
    name: 'notification_endpoints_origin_unique',
    what: 'one endpoint of a server for a merchant and a mode',
    given: [
      ['notification_endpoints', { origin: 'x', merchant_id: OTHER_SHOP }],
      ['notification_endpoints', { origin: 'x', mode: 'LIVE' }],
      ['notification_endpoints', { origin: 'x' }],
    ],
    refused: ['notification_endpoints', { origin: 'x' }],
  },
  {
    name: 'notifications_event_unique',
    what: 'one notification of an event, and any number of none',
    given: [
      ['notifications', {}],
      ['notifications', {}],
      ['notifications', { event_sequence: 7 }],
    ],
    refused: ['notifications', { event_sequence: 7 }],
  },
  {
    name: 'notifications_one_head',
    what: 'one of a group that is due at an endpoint, and any number behind it',
    given: [
      ['notifications', { group_id: NOBODY }],
      ['notifications', { group_id: NOBODY, status: 'DELIVERED', delivered_at: NOW }],
      ['notifications', { group_id: NOBODY, ...DUE, endpoint_id: ENDPOINT_OF_OTHER, merchant_id: OTHER_SHOP }],
      ['notifications', { group_id: NOBODY, ...DUE }],
    ],
    refused: ['notifications', { group_id: NOBODY, ...DUE }],
  },
];

/** Uniques that are there for others to refer to: they hold a primary key, so nothing that breaks them alone can be written. */
const REFERRED_TO = {
  operations_of_order_unique: 'transactions_operation_id_reference',
  notification_endpoints_of_merchant_unique: 'notifications_endpoint_id_reference',
  agreement_charges_of_agreement_unique: 'orders_charge_id_reference',
  agreements_of_merchant_unique: 'orders_agreement_id_reference',
  payers_of_merchant_unique: 'orders_payer_id_reference',
  payment_system_accounts_mode_unique: 'orders_payment_system_account_id_reference',
  ledger_postings_log_unique: 'ledger_entries_posting_id_reference',
  stored_credentials_of_payer_unique: 'orders_credential_id_reference',
  bulk_operations_of_merchant_unique: 'bulk_references_operation_id_reference',
};

/** Checks that another one is always ahead of: without a mode of the list no number of amounts is right. */
const IMPLIED = { agreements_charge_mode_check: 'agreements_charge_amounts_check' };

/** What a row that points at nobody needs besides, to be wrong in nothing else. */
const BESIDES: Readonly<Record<string, Row>> = {
  api_keys_merchant_id_reference: { kind: 'MERCHANT' },
  ledger_balances_payment_system_account_id_reference: { merchant_id: null },
  orders_merchant_id_reference: { payer_id: null },
  orders_charge_id_reference: { agreement_id: AGREEMENT },
};

const POINTERS: readonly Case[] = [
  ...each(REFERENCES, (table, column) => {
    const name = `${table}_${column}_reference`;
    return { name, what: 'a row that is there', refused: [table, { ...BESIDES[name], [column]: NOBODY }] };
  }),
  {
    name: 'transactions_operation_id_reference',
    what: "a transaction of its operation's order",
    given: [['transactions', { order_id: OTHER_ORDER, operation_id: OTHER_OPERATION }]],
    refused: ['transactions', { order_id: OTHER_ORDER }],
  },
  {
    name: 'orders_payment_system_account_id_reference',
    what: 'an account of the mode of its order',
    given: [['orders', onLiveAccount()]],
    refused: ['orders', { payment_system_account_id: LIVE_ACCOUNT }],
  },
  {
    name: 'orders_payer_id_reference',
    what: 'a payer of the merchant of its order',
    given: [['orders', { merchant_id: OTHER_SHOP, payer_id: TEST_PAYER_OF_OTHER_SHOP }]],
    refused: ['orders', { payer_id: TEST_PAYER_OF_OTHER_SHOP }],
  },
  { name: 'orders_payer_id_reference', what: 'a payer of its mode', refused: ['orders', { payer_id: LIVE_PAYER }] },
  {
    name: 'orders_agreement_id_reference',
    what: 'an agreement of the merchant of its order',
    given: [['orders', { agreement_id: AGREEMENT }]],
    refused: ['orders', { agreement_id: OTHER_AGREEMENT }],
  },
  {
    name: 'orders_charge_id_reference',
    what: "a charge of its order's agreement",
    given: [['orders', ATTEMPT]],
    refused: ['orders', { agreement_id: AGREEMENT, charge_id: CHARGE_OF_OTHER }],
  },
  {
    name: 'orders_credential_id_reference',
    what: "a means of payment of its order's payer",
    given: [['orders', { credential_id: CREDENTIAL }]],
    refused: ['orders', { credential_id: CREDENTIAL_OF_OTHER }],
  },
  {
    name: 'agreements_payment_system_account_id_reference',
    what: 'an account of the mode of its agreement',
    refused: ['agreements', { payment_system_account_id: LIVE_ACCOUNT }],
  },
  {
    name: 'agreements_payer_id_reference',
    what: 'a payer of the merchant of its agreement',
    given: [['agreements', ofOtherShop()]],
    refused: ['agreements', { ...ofOtherShop(), payer_id: PAYER, credential_id: CREDENTIAL }],
  },
  {
    name: 'agreements_payer_id_reference',
    what: 'a payer of its mode',
    refused: ['agreements', { payer_id: LIVE_PAYER, credential_id: null }],
  },
  {
    name: 'agreements_credential_id_reference',
    what: "a means of payment of its agreement's payer",
    given: [['agreements', { credential_id: null }]],
    refused: ['agreements', { credential_id: CREDENTIAL_OF_OTHER }],
  },
  {
    name: 'notifications_endpoint_id_reference',
    what: 'an endpoint of its merchant',
    given: [['notifications', { endpoint_id: ENDPOINT_OF_OTHER, merchant_id: OTHER_SHOP }]],
    refused: ['notifications', { endpoint_id: ENDPOINT_OF_OTHER }],
  },
  {
    name: 'notifications_endpoint_id_reference',
    what: 'an endpoint of its mode',
    refused: ['notifications', { endpoint_id: LIVE_ENDPOINT }],
  },
];

const TRIED = { attempts: 1, last_started_at: NOW, last_duration_ms: 1, last_outcome: 'NOT_OK' };

/** What the queues of notifications rest on. */
const NOTIFICATIONS: readonly Case[] = [
  ...wrong('notifications', 'notifications_ending_check', 'an end of its kind when it is over, and no turn', {}, [
    { delivered_at: NOW },
    { given_up_at: NOW },
    { status: 'DELIVERED' },
    { status: 'EXHAUSTED' },
    { status: 'DELIVERED', delivered_at: NOW, ...DUE },
  ]),
  ...wrong(
    'notifications',
    'notifications_readiness_check',
    'a turn since when it is ready, and tries since the first',
    DUE,
    [{ due_at: NOW }, { ready_at: NOW }, { tries: 1, ...TRIED }, { first_tried_at: NOW }],
  ),
  ...wrong(
    'notifications',
    'notifications_tries_check',
    'no more tries than there ever were',
    { tries: 1, ...TRIED, first_tried_at: NOW },
    [
      { tries: 2, ...TRIED, first_tried_at: NOW },
      { tries: -1, first_tried_at: NOW },
    ],
  ),
  ...wrong('notifications', 'notifications_last_try_check', 'its last try, if there was one', TRIED, [
    { attempts: 1 },
    { ...TRIED, last_outcome: null },
    { ...TRIED, last_duration_ms: -1 },
    { ...TRIED, attempts: 0 },
    { last_http_status: 200 },
  ]),
  ...wrong(
    'notification_attempts',
    'notification_attempts_number_check',
    'numbers from one, and time that passes',
    {},
    [{ number: 0 }, { duration_ms: -1 }],
  ),
  ...wrong(
    'notification_endpoints',
    'notification_endpoints_health_check',
    'a time since when it fails, if it does, and no pause otherwise',
    { status: 'FAILING', failures: 5, failing_since: NOW, paused_until: NOW },
    [{ failures: -1 }, { failures: 1 }, { status: 'DEAD' }, { paused_until: NOW }],
  ),
  ...wrong(
    'notification_endpoints',
    'notification_endpoints_lease_check',
    'a lease with a token and an end, or none',
    { lease_token: NOBODY, lease_until: NOW },
    [{ lease_token: NOBODY }, { lease_until: NOW }],
  ),
];

const FINISHED = { status: 'COMPLETED', finished_at: NOW };
const HELD = { lease_token: NOBODY, lease_until: NOW };
const COUNTS = { row_count: 4, succeeded: 1, repeated: 1, failed: 1, canceled: 1 };

/** What files of rows rest on. */
const BULK: readonly Case[] = [
  ...wrong('bulk_operations', 'bulk_operations_lease_check', 'a lease with a token and an end, or none', HELD, [
    { lease_token: NOBODY },
    { lease_until: NOW },
  ]),
  ...wrong('bulk_operations', 'bulk_operations_counts_check', 'no more outcomes than rows', COUNTS, [
    { ...COUNTS, row_count: 3 },
    ...Object.keys(COUNTS).map((count) => ({ ...COUNTS, [count]: -1 })),
  ]),
  ...wrong(
    'bulk_operations',
    'bulk_operations_file_check',
    'a file before rows are carried out',
    { ...FINISHED, status: 'REFUSED', header: null, sha256: null },
    [{ header: null }, { sha256: null }],
  ),
  ...wrong(
    'bulk_operations',
    'bulk_operations_finished_check',
    'an end when every row has its outcome',
    { ...FINISHED, status: 'CANCELED', row_count: 1, canceled: 1 },
    [
      { finished_at: NOW },
      { status: 'COMPLETED' },
      { ...FINISHED, row_count: 1 },
      { ...FINISHED, row_count: 1, canceled: 1 },
      { ...FINISHED, status: 'CANCELED', row_count: 2, canceled: 1 },
    ],
  ),
  ...wrong(
    'bulk_operations',
    'bulk_operations_upload_check',
    'a moment at which it is looked whether its file has come',
    { status: 'AWAITING_FILE', upload_url_until: NOW, upload_until: NOW },
    [
      { status: 'AWAITING_FILE', upload_url_until: NOW },
      { status: 'AWAITING_FILE', upload_until: NOW },
      { status: 'RECEIVING', upload_until: NOW },
      { status: 'RECEIVING', ...HELD },
    ],
  ),
  ...wrong(
    'bulk_rows',
    'bulk_rows_cells_check',
    'cells while it is to be carried out',
    { cells: null, outcome: 'FAILED', problem: {} },
    [{ cells: null }],
  ),
  ...wrong(
    'bulk_rows',
    'bulk_rows_outcome_of_failure_check',
    'a problem if, and only if, it failed',
    { outcome: 'FAILED', problem: {} },
    [{ outcome: 'FAILED' }, { problem: {} }, { outcome: 'SUCCEEDED', problem: {} }],
  ),
  ...wrong('bulk_rows', 'bulk_rows_line_check', 'a line below the header', {}, [{ line: 1 }, { line: -1 }]),
  ...[{ merchant_id: OTHER_SHOP }, { mode: 'LIVE' }, { kind: 'UPDATE_AGREEMENTS' }].map(
    (wrongly): Case => ({
      name: 'bulk_references_operation_id_reference',
      what: `an operation of its merchant, mode and kind, so not ${JSON.stringify(wrongly)}`,
      given: [['bulk_references', {}]],
      refused: ['bulk_references', wrongly],
    }),
  ),
];

const CAPTURED = { authorized_minor: 1000, captured_minor: 700, voided_minor: 300, refunded_minor: 700 };
const MONEY: readonly Case[] = [
  ...[
    { refunded_minor: 701 },
    { captured_minor: 701 },
    { voided_minor: 301 },
    { voided_minor: -1 },
    { refunded_minor: -1 },
    { captured_minor: -1, refunded_minor: -2 },
    { disputed_minor: -1 },
    { amount_minor: -1 },
    { authorized_minor: 999 },
  ].map(
    (wrong): Case => ({
      name: 'orders_amounts_add_up',
      what: `amounts that add up, so not ${JSON.stringify(wrong)}`,
      given: [['orders', CAPTURED]],
      refused: ['orders', { ...CAPTURED, ...wrong }],
    }),
  ),
  {
    name: 'operations_amount_check',
    what: 'no negative amount',
    given: [['operations', { amount_minor: 0 }]],
    refused: ['operations', { amount_minor: -1 }],
  },
  {
    name: 'operations_amount_check',
    what: 'no capture of nothing',
    given: [['operations', { type: 'CAPTURE', amount_minor: 1 }]],
    refused: ['operations', { type: 'CAPTURE', amount_minor: 0 }],
  },
  {
    name: 'transactions_amount_check',
    what: 'no negative amount',
    given: [['transactions', { type: 'VOID', amount_minor: 0 }]],
    refused: ['transactions', { type: 'VOID', amount_minor: -1 }],
  },
  {
    name: 'transactions_amount_check',
    what: 'no refund of nothing',
    given: [['transactions', { amount_minor: 1 }]],
    refused: ['transactions', { amount_minor: 0 }],
  },
  {
    name: 'disputes_amount_check',
    what: 'no negative amount',
    given: [['disputes', { amount_minor: 0 }]],
    refused: ['disputes', { amount_minor: -1 }],
  },
  ...[0, -1].map(
    (amount_minor): Case => ({
      name: 'agreement_charges_amount_check',
      what: `no charge of ${amount_minor}`,
      given: [['agreement_charges', { amount_minor: 1 }]],
      refused: ['agreement_charges', { amount_minor }],
    }),
  ),
];

const MONTHLY = {
  period: 'MONTH',
  interval_count: 1,
  schedule_start: '2026-01-31',
  local_time: '09:00',
  charge_mode: 'FIXED',
  charge_amounts: ['1000'],
};
const LIMITS = { minimum_minor: 1000, maximum_minor: 1000, minimum_days: 9999, number_of_payments: 999 };

/** What the right ones and the wrong ones of a table differ in, constraint by constraint. */
const AGREEMENTS: readonly Case[] = [
  ...wrong('agreements', 'agreements_numbers_check', 'numbers that count on', {}, [
    { next_number: 0 },
    { base_number: 0 },
    { base_index: -1 },
  ]),
  ...['ACTIVE', 'PAST_DUE'].flatMap((status) =>
    wrong('agreements', 'agreements_in_force_check', `what it is charged with while it is ${status}`, { status }, [
      { status, credential_id: null },
      { status, first_cit_at: null },
    ]),
  ),
  ...wrong(
    'agreements',
    'agreements_top_up_check',
    'a threshold and an amount to top up, or neither',
    { top_up_threshold_minor: 0, top_up_minor: 1 },
    [{ top_up_threshold_minor: 0 }, { top_up_minor: 1 }, { top_up_threshold_minor: 0, top_up_minor: 0 }],
  ),
  ...wrong('agreements', 'agreements_charge_amounts_check', 'as many amounts as its mode says', {}, [
    { charge_mode: 'FIXED' },
    { charge_mode: 'FIXED', charge_amounts: ['1', '2'] },
    { charge_mode: 'RANGE', charge_amounts: ['1'] },
    { charge_mode: 'SEQUENCE' },
    { charge_mode: 'SOMETHING' },
  ]),
  ...wrong('agreements', 'agreements_schedule_check', 'a whole schedule with something to charge, or none', MONTHLY, [
    { ...MONTHLY, period: null },
    { ...MONTHLY, interval_count: 0 },
    { ...MONTHLY, schedule_start: null },
    { ...MONTHLY, local_time: null },
    { ...MONTHLY, charge_mode: null, charge_amounts: [] },
    { next_charge_at: NOW },
  ]),
  ...wrong(
    'agreements',
    'agreements_payments_check',
    'no more payments than were agreed',
    { payments_made: 2, number_of_payments: 2 },
    [{ payments_made: -1 }, { payments_made: 3, number_of_payments: 2 }],
  ),
  ...wrong('agreements', 'agreements_limits_check', 'limits that leave something', LIMITS, [
    { minimum_minor: 0 },
    { maximum_minor: 0 },
    { minimum_minor: 1001, maximum_minor: 1000 },
    { minimum_days: 0 },
    { minimum_days: 10_000 },
    { number_of_payments: 0 },
    { number_of_payments: 1000 },
  ]),
  ...wrong('agreements', 'agreements_currency_check', 'an ISO 4217 code', {}, [
    { currency: 'usd' },
    { currency: 'US' },
  ]),
  ...lengths('agreements', 'reference', 100),
  ...wrong(
    'agreement_charges',
    'agreement_charges_attempts_check',
    'no more failures than attempts',
    { attempts: 3, declines: 2, technical_failures: 1 },
    [
      { attempts: -1 },
      { declines: -1 },
      { technical_failures: -1 },
      { attempts: 2, declines: 3 },
      { attempts: 3, declines: 2, technical_failures: 2 },
    ],
  ),
  ...wrong(
    'agreement_charges',
    'agreement_charges_finished_check',
    'an end, and no retry, when it is over',
    { status: 'PAID', finished_at: NOW },
    [{ status: 'PAID' }, { finished_at: NOW }, { status: 'FAILED', finished_at: NOW, retry_at: NOW }],
  ),
  ...wrong(
    'agreement_charges',
    'agreement_charges_kind_number_check',
    'a number where a plan has one, and nowhere else',
    { kind: 'FIRST_PART', number: 1 },
    [{ kind: 'SCHEDULED' }, { number: 1 }],
  ),
  ...wrong('agreement_charges', 'agreement_charges_number_check', 'numbers from one', OF_PERIOD, [
    { ...OF_PERIOD, number: 0 },
  ]),
  ...wrong('orders', 'orders_payer_language_check', 'a language that pages speak, or none', { payer_language: null }, [
    { payer_language: 'de' },
    { payer_language: 'EN' },
  ]),
  ...wrong('orders', 'orders_charge_check', 'a charge only with its agreement', {}, [{ charge_id: CHARGE }]),
  ...wrong(
    'stored_credentials',
    'stored_credentials_removal_check',
    'a cause and a time when it was removed, and only then',
    REMOVED,
    [
      { ...REMOVED, removed_because: null },
      { ...REMOVED, removed_at: null },
      { ...REMOVED, status: 'ACTIVE' },
    ],
  ),
];

const LINES_OF_SHOP: Row = { account: 'FEES', payment_system_account_id: null, merchant_id: SHOP };
const OF_NOBODY: readonly Row[] = [LINES_OF_SHOP, { ...LINES_OF_SHOP, amount_minor: -1000 }];
const ON_LIVE: Row = { payment_system_account_id: LIVE_ACCOUNT };
const ELSEWHERE: readonly Row[] = [ON_LIVE, { ...ON_LIVE, amount_minor: -1000 }];

/** A posting whose state, were its lines right, is there. */
function unbalanced(what: string, lines: readonly Row[], posting: Row = {}): Case {
  const given = lines.map((line): Insert => ['ledger_entries', line]);
  return {
    name: 'ledger_postings_balance',
    what,
    given: [['ledger_orders', {}], ['ledger_postings', { id: HERE, ...posting }], ...given.slice(0, -1)],
    refused: given.at(-1) as Insert,
  };
}

/** What the ledger promises. The last of these are looked at with the commit. */
const LEDGER: readonly Case[] = [
  ...(['balance_movements', 'payouts', 'ledger_checks'] as const).map(
    (table): Case => ({
      name: `${table}_payment_system_account_id_reference`,
      what: 'an account of its mode',
      refused: [table, { mode: 'LIVE' }],
    }),
  ),
  {
    name: 'ledger_balances_payment_system_account_id_reference',
    what: 'an account of its mode',
    refused: ['ledger_balances', { mode: 'LIVE', merchant_id: null, payment_system_account_id: TEST_ACCOUNT }],
  },
  ...wrong('ledger_postings', 'ledger_postings_number_check', 'a number with an order, and only then', {}, [
    { number: 0 },
    { order_id: null, movement_id: MOVEMENT },
    { order_id: ORDER, number: null },
  ]),
  ...wrong('ledger_postings', 'ledger_postings_reason_check', 'something that it is posted for', {}, [
    { order_id: null, number: null },
  ]),
  ...wrong('ledger_entries', 'ledger_entries_owner_check', 'whose account it is', {}, [
    { merchant_id: SHOP },
    { payment_system_account_id: null },
    { account: 'PENDING', payment_system_account_id: null },
    { account: 'PENDING', merchant_id: SHOP },
    { account: 'SETTLEMENTS' },
  ]),
  ...wrong('ledger_entries', 'ledger_entries_amount_check', 'something that changes', {}, [{ amount_minor: 0 }]),
  ...(['ledger_entries', 'balance_movements', 'payouts', 'settlements'] as const).flatMap((table) =>
    wrong(table, `${table}_currency_check`, 'an ISO 4217 code', {}, [{ currency: 'usd' }]),
  ),
  ...wrong('ledger_orders', 'ledger_orders_amounts_check', 'amounts that add up', {}, [
    { captured_minor: -1, refunded_minor: -1, awaited_since: NOW },
    { refunded_minor: -1, awaited_since: NOW },
    { refunded_minor: 1, awaited_since: NOW },
    { pending_minor: -1 },
  ]),
  ...wrong('ledger_orders', 'ledger_orders_awaited_check', 'since when what differs is awaited', {}, [
    { awaited_since: NOW },
    { captured_moved_minor: 1 },
  ]),
  ...wrong('ledger_orders', 'ledger_orders_postings_check', 'a posting at least', {}, [{ postings: 0 }]),
  ...wrong('balance_movements', 'balance_movements_net_check', 'a net without the fee', {}, [{ net_minor: 1000 }]),
  ...wrong(
    'balance_movements',
    'balance_movements_waiting_check',
    'a moment at which what waits is looked at',
    { status: 'WAITING', due_at: NOW },
    [{ status: 'WAITING' }],
  ),
  ...wrong('settlements', 'settlements_amount_check', 'more than nothing', {}, [
    { amount_minor: 0 },
    { fees_minor: -1 },
  ]),
  {
    name: 'ledger_entries_posting_id_reference',
    what: 'a posting of the same transaction',
    refused: ['ledger_entries', { posting_id: POSTING }],
  },
  unbalanced('lines that come to nothing', [{}]),
  unbalanced('lines that come to nothing in each currency', [{ amount_minor: -1000, currency: 'EUR' }, {}]),
  ...(
    [
      ['an account of its order', { payment_system_account_id: LIVE_ACCOUNT }],
      ['its mode', { mode: 'LIVE' }],
      ['a merchant of its order', { account: 'FEES', payment_system_account_id: null, merchant_id: OTHER_SHOP }],
    ] as const
  ).map(([what, line]) => unbalanced(what, [line, { ...line, amount_minor: -1000 }])),
  unbalanced('no merchant of a movement', OF_NOBODY, { order_id: null, number: null, movement_id: MOVEMENT }),
  unbalanced('an account of its movement', ELSEWHERE, { order_id: null, number: null, movement_id: MOVEMENT }),
  unbalanced('no account of a settlement', [{}, { amount_minor: -1000 }], {
    order_id: null,
    number: null,
    settlement_id: SETTLEMENT,
  }),
  unbalanced('the mode of its order', [{ mode: 'LIVE' }, { mode: 'LIVE', amount_minor: -1000 }], { mode: 'LIVE' }),
  ...[
    { merchant_id: OTHER_SHOP },
    { payment_system_account_id: LIVE_ACCOUNT },
    { mode: 'LIVE' },
    { currency: 'EUR' },
  ].map(
    (wrongly): Case => ({
      name: 'ledger_orders_are_posted',
      what: `whose its order is, so not ${JSON.stringify(wrongly)}`,
      refused: ['ledger_orders', wrongly],
    }),
  ),
  {
    name: 'orders_begin_posted',
    what: 'no capture without its posting',
    refused: ['orders', CAPTURED],
  },
  {
    name: 'ledger_orders_are_posted',
    what: 'nothing that its order and its entries do not say',
    refused: ['ledger_orders', { captured_minor: 1, awaited_since: NOW }],
  },
  {
    name: 'ledger_orders_are_posted',
    what: 'nothing pending that its entries do not say',
    refused: ['ledger_orders', { pending_minor: 1 }],
  },
];

const CLOCK: Insert = ['test_clocks', {}];
const account = (row: Row): Insert => ['payment_system_accounts', { operator_id: TESTER, ...row }];
const LIVE = account({ mode: 'LIVE' });

/** Real payers live in real time. */
const CLOCKS: readonly Case[] = [
  {
    name: 'test_clocks_never_live',
    what: 'no moved clock beside a live account',
    given: [LIVE],
    refused: CLOCK,
  },
  {
    name: 'payment_system_accounts_never_ahead',
    what: 'no live account beside a moved clock; one for tests, or one that was disconnected',
    given: [account({ mode: 'LIVE', status: 'DISCONNECTED' }), CLOCK, account({})],
    refused: LIVE,
  },
  ...[0, -1, AHEAD_MAX_MS + 1].map(
    (ahead_ms): Case => ({
      name: 'test_clocks_ahead_ms_check',
      what: `ahead, by ten years at most, so not by ${ahead_ms} ms`,
      refused: ['test_clocks', { ahead_ms }],
    }),
  ),
];

const FORMS: readonly Case[] = [
  ...each(LISTS, (table, column) => ({
    name: `${table}_${column}_check`,
    what: 'a value of the list',
    refused: [table, { ...BESIDES_LISTS[`${table}_${column}_check`], [column]: 'SOMETHING' }],
  })),
  {
    name: 'api_keys_merchant_check',
    what: "a merchant on a merchant's key",
    given: [['api_keys', { kind: 'MERCHANT', merchant_id: SHOP }]],
    refused: ['api_keys', { kind: 'MERCHANT' }],
  },
  {
    name: 'api_keys_merchant_check',
    what: 'no merchant on another key',
    refused: ['api_keys', { merchant_id: SHOP }],
  },
  ...['usd', 'US', 'USDT'].map(
    (currency): Case => ({
      name: 'orders_currency_check',
      what: `an ISO 4217 code, so not ${currency}`,
      refused: ['orders', { currency }],
    }),
  ),
  ...['12345678901', '1234567890123', '12345678901x'].map(
    (bill): Case => ({
      name: 'orders_bill_number_check',
      what: `twelve digits, so not ${bill}`,
      refused: ['orders', { bill_number: bill }],
    }),
  ),
  ...lengths('orders', 'order_number', 128),
  ...lengths('payers', 'reference', 100),
  {
    name: 'stored_credentials_last_four_check',
    what: 'never a card number',
    refused: ['stored_credentials', { last_four: '4242424242424242' }],
  },
  ...[0, 13].map(
    (month): Case => ({
      name: 'stored_credentials_expiry_month_check',
      what: `a month, so not ${month}`,
      given: [['stored_credentials', { expiry_month: 1 }]],
      refused: ['stored_credentials', { expiry_month: month }],
    }),
  ),
  {
    name: 'inbox_events_attempts_check',
    what: 'no fewer attempts than none',
    refused: ['inbox_events', { attempts: -1 }],
  },
  {
    name: 'transactions_position_check',
    what: 'positions from one',
    refused: ['transactions', { position: 0 }],
  },
  ...['PENDING', 'UNKNOWN'].map(
    (status): Case => ({
      name: 'transactions_in_flight_are_due',
      what: `a moment at which what is ${status} is looked at`,
      given: [['transactions', { status, due_at: NOW }]],
      refused: ['transactions', { status }],
    }),
  ),
];

/** What of the settled may still change. A refund can fail after it succeeded, and its cancellation with it. */
const AFTERWARDS = {
  operations: [
    'CANCELLATION: SUCCEEDED to PARTIALLY_SUCCEEDED',
    'CANCELLATION: SUCCEEDED to FAILED',
    'CANCELLATION: PARTIALLY_SUCCEEDED to FAILED',
  ],
  transactions: ['REFUND: SUCCEEDED to FAILED', 'REFUND: PARTIALLY_SUCCEEDED to FAILED'],
  disputes: ['x: WON to LOST', 'x: LOST to WON'],
  // A bank took the money back.
  agreements: ['x: COMPLETED to SUSPENDED'],
  agreement_charges: ['x: PAID to FAILED'],
} as const;

/** What of a row has to change with its status. */
const WITH_STATUS: Readonly<Partial<Record<Table, string>>> = {
  agreement_charges: ", finished_at = case when $2 <> 'OPEN' then created_at end",
};
const TRIGGERS = [...Object.keys(AFTERWARDS).map((table) => `${table}_settled_stay`), 'orders_are_posted'];

let database: TestDatabase;
let catalogue: Catalogue;
let app: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase(process.env.TEST_POSTGRES_URL ?? '');
  catalogue = await Catalogue.open(database.url);
  app = plainPool(urlFor(database.url, 'quittance_app', TEST_PASSWORDS.app), 2);
  await scoped('commit', (client) => writeAll(client, WORLD));
});

afterAll(async () => {
  await app.end();
  await catalogue.close();
  await database.drop();
});

describe.each([
  ['is there once', UNIQUE],
  ['refers to what is there and fits', POINTERS],
  ['tells of amounts that add up', MONEY],
  ['has the form of its kind', FORMS],
  ['keeps real time for real payers', CLOCKS],
  ['of an agreement makes sense', AGREEMENTS],
  ['of the ledger balances', LEDGER],
  ['of a queue of notifications makes sense', NOTIFICATIONS],
  ['of a file makes sense', BULK],
])('a row %s', (_, cases) => {
  it.each(cases)('$name: $what', async ({ name, given = [], refused }) => {
    const operator = [...given, refused].some(isOfTester) ? TESTER : OPERATOR;
    await scoped(
      'rollback',
      async (client) => {
        if ([...given, refused].some(([table]) => table === 'ledger_entries') && !given.some(isHere))
          await write(client, ['ledger_postings', { id: HERE }]);
        await writeAll(client, given);
        // What the database would look at with the commit it looks at now.
        const kept = write(client, refused).then(() => client.query('set constraints all immediate'));
        expect(await refusal(kept)).toBe(name);
      },
      operator,
    );
  });
});

it.each([
  ['a clock', CLOCK, LIVE, 'payment_system_accounts_never_ahead'],
  ['a live account', LIVE, CLOCK, 'test_clocks_never_live'],
])(
  'of a moved clock and a live account that come at once, %s that is first stays alone',
  async (_, first, second, name) => {
    await scoped(
      'rollback',
      async (early) => {
        await write(early, first);
        await scoped(
          'rollback',
          async (late) => {
            const refused = refusal(write(late, second));
            const waits = await Promise.race([refused, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))]);
            expect(waits).toBe('waits');
            await early.query('commit');
            expect(await refused).toBe(name);
          },
          TESTER,
        );
      },
      TESTER,
    );
    await forget(first);
  },
);

it.each([
  'captured_minor = 700, authorized_minor = 700',
  'captured_minor = 700, authorized_minor = 700, refunded_minor = 1',
])('orders_are_posted: no change without its posting, so not %s', async (change) => {
  await scoped('rollback', async (client) => {
    await client.query(`update orders set ${change} where id = $1`, [ORDER]);
    expect(await refusal(client.query('set constraints all immediate'))).toBe('orders_are_posted');
  });
});

describe('what is settled stays so', () => {
  it('in operations', async () => {
    const moves = await movesOf('operations', OPERATION_TYPES, OPERATION_STATUSES);
    expect(moves.filter(([from]) => isSettled(from)).map(([, , move]) => move)).toEqual(AFTERWARDS.operations);
    expect(openMoves(moves)).toEqual(openTransitions(OPERATION_TYPES));
  });

  it('in transactions', async () => {
    const moves = await movesOf('transactions', TRANSACTION_TYPES, OPERATION_STATUSES);
    expect(moves.filter(([from]) => isSettled(from)).map(([, , move]) => move)).toEqual(AFTERWARDS.transactions);
    expect(openMoves(moves)).toEqual(openTransitions(TRANSACTION_TYPES));
  });

  it('in disputes, which may be decided again but are not open again', async () => {
    const moves = await movesOf('disputes', ['x'], ['OPEN', 'WON', 'LOST']);
    const decided = moves.filter(([from]) => from !== 'OPEN').map(([, , move]) => move);
    expect(decided).toEqual(AFTERWARDS.disputes);
    expect(moves.length - decided.length).toBe(2);
  });

  it('in agreements, of which none that has ended begins again', async () => {
    const statuses = Object.keys(AGREEMENT_TRANSITIONS);
    const ended = ['COMPLETED', 'CANCELED', 'EXPIRED'];
    const moves = await movesOf('agreements', ['x'], statuses);
    expect(moves.filter(([from]) => ended.includes(from)).map(([, , move]) => move)).toEqual(AFTERWARDS.agreements);
    expect(moves.map(([, , move]) => move)).toEqual(expect.arrayContaining([...movesMade(AGREEMENT_TRANSITIONS)]));
  });

  it('in charges, of which none that was paid is open again', async () => {
    const moves = await movesOf('agreement_charges', ['x'], Object.keys(CHARGE_TRANSITIONS));
    expect(moves.filter(([from]) => from === 'PAID').map(([, , move]) => move)).toEqual(AFTERWARDS.agreement_charges);
    expect(moves.map(([, , move]) => move)).toEqual(expect.arrayContaining([...movesMade(CHARGE_TRANSITIONS)]));
  });
});

/** Checks that would let the row in if they came to null instead of false. */
it.each<readonly [name: string, row: Row]>([
  ['agreements_charge_amounts_check', { charge_amounts: ['1000'] }],
  ['agreements_schedule_check', { ...MONTHLY, interval_count: null }],
])('%s refuses %j', async (name, row) => {
  await scoped('rollback', async (client) => {
    expect(await refusal(write(client, ['agreements', row]))).toBe(name);
  });
});

it('every constraint has a case here, and every case a constraint', async () => {
  const constraints = await catalogue.rows<{ name: string }>(`(
    select conname as name from pg_constraint
    where connamespace = 'public'::regnamespace and contype <> 'n' and conrelid <> 'migrations'::regclass
    union
    select i.relname from pg_index x join pg_class i on i.oid = x.indexrelid
    where x.indisunique and i.relnamespace = 'public'::regnamespace and x.indrelid <> 'migrations'::regclass
    union
    select tgname from pg_trigger join pg_class c on c.oid = tgrelid
    where not tgisinternal and c.relnamespace = 'public'::regnamespace)
    except (${INVOICE_CONSTRAINTS})`);
  const cases = [
    ...UNIQUE,
    ...POINTERS,
    ...MONEY,
    ...FORMS,
    ...CLOCKS,
    ...AGREEMENTS,
    ...LEDGER,
    ...NOTIFICATIONS,
    ...BULK,
  ].map(({ name }) => name);
  const elsewhere = { ...REFERRED_TO, ...IMPLIED };
  expect(cases).toEqual(expect.arrayContaining(Object.values(elsewhere)));
  // Tried beside the rest of their feature, in a file of their own.
  const beside = Object.keys(CREDIT_CASES);
  const tried = new Set([...cases, ...Object.keys(elsewhere), ...TRIGGERS, ...beside]);
  expect([...tried].sort()).toEqual(constraints.map(({ name }) => name).sort());
});

type Move = readonly [from: string, to: string, move: string];

/** Every change of status that the database lets through; whatever else it refuses, it refuses by its trigger. */
async function movesOf(
  table: keyof typeof AFTERWARDS,
  types: readonly string[],
  statuses: readonly string[],
): Promise<readonly Move[]> {
  const wanted = types.flatMap((type) =>
    statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => [type, from, to] as const)),
  );
  return scoped('rollback', async (client) => {
    const moves: Move[] = [];
    const id = newUuid();
    const isOfOrder = table === 'operations' || table === 'transactions';
    for (const [type, from, to] of wanted) {
      await client.query('savepoint before_move');
      const row = {
        id,
        status: from,
        ...(isOfOrder && { order_id: ORDER, type }),
        ...(table === 'transactions' && { due_at: NOW }),
        ...(table === 'agreement_charges' && { finished_at: from === 'OPEN' ? null : NOW }),
      };
      await write(client, [table, row]);
      const update = client.query(`update ${table} set status = $2${WITH_STATUS[table] ?? ''} where id = $1`, [id, to]);
      const why = await refusal(update);
      if (why === null) moves.push([from, to, `${type}: ${from} to ${to}`]);
      else expect(why).toBe(`${table}_settled_stay`);
      await client.query('rollback to savepoint before_move');
    }
    return moves;
  });
}

function isSettled(status: string): boolean {
  return ['SUCCEEDED', 'PARTIALLY_SUCCEEDED', 'DECLINED', 'FAILED', 'CANCELED'].includes(status);
}

function movesMade(transitions: Readonly<Record<string, Readonly<Record<string, string>>>>): readonly string[] {
  return Object.entries(transitions).flatMap(([from, events]) =>
    Object.values(events).flatMap((to) => (to === from ? [] : [`x: ${from} to ${to}`])),
  );
}

/** Of the moves out of what is open, those that the code makes. */
function openMoves(moves: readonly Move[]): readonly string[] {
  const made = new Set(openTransitions(['']).map((move) => move.slice(2)));
  return moves.flatMap(([from, to, move]) => (made.has(`${from} to ${to}`) ? [move] : [])).sort();
}

function openTransitions(types: readonly string[]): readonly string[] {
  const made = Object.entries(OPERATION_TRANSITIONS).flatMap(([from, events]) =>
    isSettled(from) ? [] : Object.values(events).map((to) => `${from} to ${to}`),
  );
  return types.flatMap((type) => made.map((move) => `${type}: ${move}`)).sort();
}

/** The name of the constraint that refused it; null when it was written. */
async function refusal(writing: Promise<unknown>): Promise<string | null> {
  try {
    await writing;
    return null;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.constraint) return error.constraint;
    throw error;
  }
}

async function writeAll(client: pg.PoolClient, inserts: readonly Insert[]): Promise<void> {
  for (const insert of inserts) await write(client, insert);
}

function write(client: pg.PoolClient, [table, changes]: Insert): Promise<unknown> {
  const row: Row = { ...ROWS[table](), ...changes };
  const places = Object.keys(row).map((_, index) => `$${index + 1}`);
  return client.query(
    `insert into ${table} (${Object.keys(row).join(', ')}) values (${places.join(', ')})`,
    Object.values(row),
  );
}

/** As the application's role in the scope of the operator. */
async function scoped<Result>(
  end: 'commit' | 'rollback',
  work: (client: pg.PoolClient) => Promise<Result>,
  operator = OPERATOR,
): Promise<Result> {
  const client = await app.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('quittance.operator_id', $1, true)", [operator]);
    return await work(client);
  } finally {
    await client.query(end);
    client.release();
  }
}

function isOfTester([table, row]: Insert): boolean {
  return table === 'test_clocks' || row.operator_id === TESTER;
}

function isHere([table, row]: Insert): boolean {
  return table === 'ledger_postings' && row.id === HERE;
}

/** As the owner: the application deletes neither. */
async function forget([table]: Insert): Promise<void> {
  await catalogue.rows(`delete from ${table} where operator_id = $1`, [TESTER]);
}

/** The same row again. */
function twice(name: string, what: string, table: Table, key: Row): Case {
  const isThere = table === 'operators';
  return { name, what, given: isThere ? [] : [[table, key]], refused: [table, key] };
}

/** What is right, and then each of the wrong ones by itself. */
function wrong(table: Table, name: string, what: string, right: Row, wrongs: readonly Row[]): Case[] {
  return wrongs.map((each) => ({
    name,
    what: `${what}, so not ${JSON.stringify(each)}`,
    given: [[table, right]],
    refused: [table, each],
  }));
}

function lengths(table: Table, column: string, most: number): Case[] {
  const name = `${table}_${column}_check`;
  return [
    { name, what: 'not empty', given: [[table, { [column]: 'x' }]], refused: [table, { [column]: '' }] },
    {
      name,
      what: `at most ${most} characters`,
      given: [[table, { [column]: 'é'.repeat(most) }]],
      refused: [table, { [column]: 'x'.repeat(most + 1) }],
    },
  ];
}

function each(
  columns: Readonly<Partial<Record<Table, readonly string[]>>>,
  caseOf: (table: Table, column: string) => Case,
): Case[] {
  return Object.entries(columns).flatMap(([table, names]) => names.map((column) => caseOf(table as Table, column)));
}

function ofOperator() {
  return { operator_id: OPERATOR, id: newUuid() };
}

function written() {
  return { created_at: NOW, updated_at: NOW };
}

function ofOtherShop() {
  return { merchant_id: OTHER_SHOP, payer_id: TEST_PAYER_OF_OTHER_SHOP, credential_id: CREDENTIAL_OF_OTHER };
}

function onLiveAccount() {
  return { mode: 'LIVE', payment_system_account_id: LIVE_ACCOUNT, payer_id: LIVE_PAYER };
}
