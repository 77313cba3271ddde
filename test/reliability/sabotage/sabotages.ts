// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of sources.

/** Something that is broken on purpose, in a copy of the project, and who has to notice. */
export interface Sabotage {
  readonly name: string;
  readonly how: Patch | { readonly sql: string };
  readonly noticedBy: Noticing;
}

/** A text that a source has once, and what stands there instead. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

export interface Noticing {
  readonly project: 'unit' | 'platform' | 'api' | 'reliability';
  readonly file: string;
  /** A regular expression for the full names of the tests, of which at least one has to fail. */
  readonly tests: string;
}

type Listed = readonly [name: string, how: Sabotage['how'], noticedBy: Noticing];

const testsIn =
  (project: Noticing['project'], file: string) =>
  (tests: string): Noticing => ({ project, file: `test/${project}/${file}.test.ts`, tests });

const races = testsIn('reliability', 'prove/races');
const constraints = testsIn('api', 'constraints');
const catalogue = testsIn('api', 'schema-catalogue');
const payments = testsIn('reliability', 'incidents/payments');
const addresses = testsIn('platform', 'egress-addresses');

const patch = (file: string, find: string, put: string): Patch => ({ file, find, put });
const sql = (text: string) => ({ sql: text });

const DATABASE: readonly Listed[] = [
  [
    'two charges may have one period of an agreement',
    sql('alter table agreement_charges drop constraint agreement_charges_number_unique'),
    constraints('agreement_charges_number_unique'),
  ],
  ['two orders may hold one number', sql('drop index orders_number_held'), races('^same order number')],
  [
    'orders have no row policy',
    sql('alter table orders disable row level security'),
    catalogue('row-level security, forced'),
  ],
  [
    'the owner of orders is not held to their policy',
    sql('alter table orders no force row level security'),
    catalogue('row-level security, forced'),
  ],
  [
    'a posting need not come to zero',
    sql('drop trigger ledger_postings_balance on ledger_postings'),
    constraints('ledger_postings_balance'),
  ],
  [
    'what is settled may be opened again',
    sql('drop trigger operations_settled_stay on operations'),
    constraints('what is settled stays so in operations'),
  ],
  [
    'entries of the ledger may be changed',
    sql('grant update, delete on ledger_entries to quittance_app'),
    catalogue('deletes nothing that tells of money|gives none of its rows'),
  ],
];

const LOCKS: readonly Listed[] = [
  [
    'an order is read without its lock',
    patch(
      'src/features/orders/orders-sql.ts',
      '`select ${ORDER_COLUMNS} from orders where operator_id = $1 and id = $2 for no key update`',
      '`select ${ORDER_COLUMNS} from orders where operator_id = $1 and id = $2`',
    ),
    races('^(capture / capture|refund 60 of 100)'),
  ],
  [
    'an agreement is read without its lock',
    patch(
      'src/features/agreements/agreements-sql.ts',
      '`select ${AGREEMENT_COLUMNS} from agreements where operator_id = $1 and id = $2 for no key update`',
      '`select ${AGREEMENT_COLUMNS} from agreements where operator_id = $1 and id = $2`',
    ),
    races('^report a low balance'),
  ],
  [
    'a merchant is settled without its lock',
    patch(
      'src/features/ledger/settlements-sql.ts',
      "'select id from merchants where operator_id = $1 and id = $2 for no key update'",
      "'select id from merchants where operator_id = $1 and id = $2'",
    ),
    races('^settle 60 of 100'),
  ],
  [
    'the reconciler does not mind whether another has taken it',
    patch('src/features/orders/reconcile-orders.ts', 'return claimed ?', 'return claimed || found ?'),
    testsIn('reliability', 'orders/races')('settle what is unknown once'),
  ],
  [
    'an idempotency key is not claimed',
    patch(
      'src/platform/idempotency/idempotently.ts',
      'if (request?.key == null) return (await work()).value;',
      'if (request !== undefined) return (await work()).value;',
    ),
    races('^same (idempotency key|key, another input)'),
  ],
  [
    'a scope outlives its transaction',
    patch('src/platform/database/transaction.ts', "', $1, true)`);", "', $1, false)`);"),
    testsIn('api', 'tenancy/connections')('once the transaction of an operator commits'),
  ],
];

const PAYING: readonly Listed[] = [
  [
    'a repeated call has another key',
    patch('src/features/orders/carry-out-capture.ts', '`${id}-capture`', '`${id}-capture-${Math.random()}`'),
    payments('^medusa#16292'),
  ],
  [
    'an answer that did not come is taken for a refusal',
    patch(
      'src/features/orders/carry-out-capture.ts',
      "default:\n      return { kind: 'unknown' };",
      "default:\n      return { kind: 'failed', why: NOT_CARRIED_OUT };",
    ),
    races('^reconciler of a lost capture'),
  ],
  [
    'refunds are not held to what was taken',
    patch(
      'src/features/orders/domain/cancellation-plan.ts',
      'if (wanted.isGreaterThan(available)) {',
      'if (wanted.isZero()) {',
    ),
    testsIn('unit', 'orders/cancellation-plan')('refused above what there is'),
  ],
  [
    'what is in flight stops nobody',
    patch('src/features/orders/caller.ts', 'if (!pending) return;', 'if (pending !== undefined) return;'),
    payments('^killbill#1015'),
  ],
  [
    'a test key changes live orders',
    patch('src/features/orders/caller.ts', 'order.mode === caller.mode && (', '('),
    testsIn('api', 'orders/lists')('a test key sees nothing live'),
  ],
  [
    'an event is believed without its signature',
    patch(
      'src/features/payment-systems/stripe-events.ts',
      'Stripe.webhooks.constructEvent(rawBody, signature, secret, TOLERANCE_S, undefined, now.getTime())',
      'JSON.parse(rawBody.toString())',
    ),
    testsIn('api', 'payment-systems/webhooks')('with a forged signature is refused|with a stale timestamp'),
  ],
  [
    'a signed form is good for ever',
    patch(
      'src/features/checkout/domain/pay-form.ts',
      'return ageSeconds <= BEHIND_MAX_SECONDS &&',
      'return ageSeconds <= Infinity &&',
    ),
    testsIn('unit', 'checkout/pay-form')('the time in which it is taken'),
  ],
];

const OUTSIDE: readonly Listed[] = [
  [
    'white space around the answer of a shop is not minded',
    patch(
      'src/platform/egress/answer-reader.ts',
      'chunk: Buffer): void {',
      'whole: Buffer): void {\n    const chunk = Buffer.from(whole.toString().trim());',
    ),
    testsIn('platform', 'egress-receivers')('is answered, and not ok'),
  ],
  [
    'redirects are followed',
    patch(
      'src/platform/egress/connections.ts',
      "import { buildConnector, Client } from 'undici';",
      "import { buildConnector, Client as Plain, interceptors } from 'undici';\nconst Client = class { constructor(...given: ConstructorParameters<typeof Plain>) { return new Plain(...given).compose(interceptors.redirect({ maxRedirections: 3 })); } } as unknown as typeof Plain;\ntype Client = Plain;",
    ),
    addresses('leads nowhere'),
  ],
  [
    'the name of a shop is looked up once more to connect',
    patch('src/platform/egress/connections.ts', 'lookup: pinnedTo(addresses),', ''),
    addresses('a name that moves'),
  ],
  [
    'any address may be called',
    patch(
      'src/platform/egress/public-address.ts',
      'return isPublicAddress(address) || (',
      "return address !== '' || (",
    ),
    testsIn('unit', 'egress-address-fault')('may never be called'),
  ],
  [
    'a notification is given up after its first failure',
    patch(
      'src/features/notifications/domain/retry-schedule.ts',
      'return next.getTime() < firstTriedAt.getTime() + WINDOW_MS ? next : null;',
      'return next.getTime() < firstTriedAt.getTime() ? next : null;',
    ),
    testsIn('unit', 'notifications/retry-schedule')('leave the last try within 72 hours'),
  ],
  [
    'whoever was let in goes on hearing',
    patch(
      'src/platform/live/live-socket.ts',
      'return this.context !== null && (this.context.stillAllowed?.() ?? true);',
      'return this.context !== null;',
    ),
    testsIn('platform', 'live')('delivers nothing to a revoked key'),
  ],
  [
    'a key that was revoked is remembered',
    patch('src/features/tenancy/known-keys.ts', 'this.#remembered.clear();', ''),
    testsIn('api', 'tenancy/revocation')('who comes with a revoked key'),
  ],
];

const VALUES: readonly Listed[] = [
  [
    'the end of a month is counted from the month before',
    patch(
      'src/features/agreements/domain/schedule.ts',
      'return dateLater(startDate, index * interval, period);',
      'let date: string | null = startDate;\n  for (let step = 0; step < index && date; step += 1) date = dateLater(date, interval, period);\n  return date;',
    ),
    testsIn('unit', 'agreements/schedule')('monthly from the 31st'),
  ],
  [
    'numbers of invoices leave gaps, as those of a sequence do',
    patch(
      'src/features/invoices/close-invoices-sql.ts',
      'last_number = s.last_number + excluded.last_number\n',
      'last_number = s.last_number + excluded.last_number + 1\n',
    ),
    testsIn('api', 'invoices/closing')('without a gap or a double'),
  ],
  [
    'a cell may be a formula',
    patch('src/platform/csv/write-csv.ts', "(IS_FORMULA.test(text) ? `'${text}` : text)", 'text'),
    testsIn('unit', 'csv/write-csv')('would be a formula'),
  ],
  [
    'the log has secrets',
    patch('src/platform/logging/scrub.ts', ".replace(KEYS, '$1[secret]')", ''),
    testsIn('unit', 'log')('nowhere'),
  ],
  [
    "dates are those of the host's zone",
    patch(
      'src/kernel/calendar.ts',
      'return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);',
      'return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone && Temporal.Now.timeZoneId());',
    ),
    testsIn('unit', 'kernel/calendar')('is what calendars in the zone show'),
  ],
  [
    'a secret is not bound to its place',
    patch(
      'src/platform/secrets/sealed.ts',
      'return Buffer.from(JSON.stringify(place));',
      'return Buffer.from(place && []);',
    ),
    testsIn('unit', 'secrets-envelope')('cannot be moved to another'),
  ],
];

export const SABOTAGES: readonly Sabotage[] = [...DATABASE, ...LOCKS, ...PAYING, ...OUTSIDE, ...VALUES].map(
  ([name, how, noticedBy]) => ({ name, how, noticedBy }),
);
