import { Migration0001Roles } from './0001-roles.js';
import { Migration0002Schema } from './0002-schema.js';
import { Migration0003ReferencesAndGrants } from './0003-references-and-grants.js';
import { Migration0004TestClocks } from './0004-test-clocks.js';
import { Migration0005Agreements } from './0005-agreements.js';
import { Migration0006AgreementReferences } from './0006-agreement-references.js';
import { Migration0007OrdersByCharge } from './0007-orders-by-charge.js';
import { Migration0008AttemptsThatCameToNothing } from './0008-attempts-that-came-to-nothing.js';
import { Migration0009Ledger } from './0009-ledger.js';
import { Migration0009LedgerRules } from './0009b-ledger-rules.js';
import { Migration0010SigningSecrets } from './0010-signing-secrets.js';
import { Migration0011PaymentPages } from './0011-payment-pages.js';
import { Migration0012Notifications } from './0012-notifications.js';
import { Migration0013MerchantsOfForms } from './0013-merchants-of-forms.js';
import { Migration0014Bulk } from './0014-bulk.js';
import { Migration0015Invoices } from './0015-invoices.js';
import { Migration0015InvoiceRules } from './0015b-invoice-rules.js';
import { Migration0016WhatInvoicesTake } from './0016-what-invoices-take.js';

/** In the order in which they are applied. A migration that was released is never edited. */
export const MIGRATIONS = [
  { name: '0001-roles', class: Migration0001Roles },
  { name: '0002-schema', class: Migration0002Schema },
  { name: '0003-references-and-grants', class: Migration0003ReferencesAndGrants },
  { name: '0004-test-clocks', class: Migration0004TestClocks },
  { name: '0005-agreements', class: Migration0005Agreements },
  { name: '0006-agreement-references', class: Migration0006AgreementReferences },
  { name: '0007-orders-by-charge', class: Migration0007OrdersByCharge },
  { name: '0008-attempts-that-came-to-nothing', class: Migration0008AttemptsThatCameToNothing },
  { name: '0009-ledger', class: Migration0009Ledger },
  { name: '0009b-ledger-rules', class: Migration0009LedgerRules },
  { name: '0010-signing-secrets', class: Migration0010SigningSecrets },
  { name: '0011-payment-pages', class: Migration0011PaymentPages },
  { name: '0012-notifications', class: Migration0012Notifications },
  { name: '0013-merchants-of-forms', class: Migration0013MerchantsOfForms },
  { name: '0014-bulk', class: Migration0014Bulk },
  { name: '0015-invoices', class: Migration0015Invoices },
  { name: '0015b-invoice-rules', class: Migration0015InvoiceRules },
  { name: '0016-what-invoices-take', class: Migration0016WhatInvoicesTake },
];
