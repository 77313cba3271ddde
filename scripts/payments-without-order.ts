import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../src/config.js';
import { ENTITIES } from '../src/entities.js';
import { agreementsOfOrders, suspendUntilLookedAt } from '../src/features/agreements/index.js';
import { abandonOrder, type PaymentToLookAt, paymentsWithoutOrder } from '../src/features/orders/index.js';
import { PaymentGateways } from '../src/features/payment-systems/index.js';
import { systemClock } from '../src/kernel/clock.js';
import { type IdKind, publicId, uuidOf } from '../src/kernel/ids.js';
import { Money } from '../src/kernel/money.js';
import { type CsvCell, csvLine } from '../src/platform/csv/write-csv.js';
import { openOrm } from '../src/platform/database/orm.js';
import { pipelinedPool } from '../src/platform/database/pools.js';
import { run, type Sql } from '../src/platform/database/sql.js';
import { UnitsOfWork } from '../src/platform/database/unit-of-work.js';
import { MasterKeys } from '../src/platform/secrets/master-keys.js';
import { databaseUrls } from '../src/start/databases.js';
import { stripeOptions } from '../src/start/stripe-options.js';

const HEAD = [
  'finding',
  'operator',
  'merchant',
  'account',
  'order',
  'order_status',
  'invoice',
  'agreement',
  'agreement_type',
  'agreement_status',
  'suspended',
  'resume',
  'payment',
  'amount',
  'taken',
  'taken_here',
  'held',
  'held_here',
  'currency',
  'created',
] as const;

type Cells = Record<(typeof HEAD)[number], CsvCell>;
type Agreement = Awaited<ReturnType<typeof suspendUntilLookedAt>>;

/** After a restore from a backup: lists, as CSV, payments of which the database knows nothing, or less. docs/runbook.md says more. */
async function list(): Promise<void> {
  const { since, suspend, cancel } = wanted();
  const { units, gateways, system, onFailure, failures, close } = await open();
  try {
    const carriers = { units, gateways, agreements: agreementsOfOrders };
    let count = 0;
    const tell = async (found: PaymentToLookAt) => {
      count += 1;
      const { account, finding, payment } = found;
      const isUnknown = finding !== 'MOVED_SINCE';
      const agreementId = uuidOf('agreement', payment.agreementId ?? '') ?? found.order?.agreementId ?? null;
      const looking = { agreementId: agreementId ?? '', suspend: suspend && isUnknown };
      const agreement = agreementId && (await suspendUntilLookedAt(units, account.operatorId, looking));
      let status = found.order?.status ?? null;
      if (cancel && finding === 'PAYMENT_UNKNOWN' && found.order) {
        const { operatorId } = account;
        const orderId = found.order.id;
        try {
          status = (await abandonOrder(carriers, { operatorId, orderId }, 'DUPLICATE')).order.status;
        } catch (error) {
          onFailure(`the order ${publicId('order', orderId)} was not closed`, error);
        }
      }
      process.stdout.write(csvLine(rowOf(found, status, agreementId, agreement || null)));
    };
    process.stdout.write(`${HEAD.join(',')}\r\n`);
    await paymentsWithoutOrder({ units, gateways, system }, since, {
      tell,
      onFailure: ({ operatorId, id }, error) => {
        const name = `${publicId('paymentSystemAccount', id)} of ${publicId('operator', operatorId)}`;
        onFailure(`the account ${name} was not compared`, error);
      },
    });
    process.stderr.write(`${count} payments to look at since ${since.toISOString()}.\n`);
    for (const failure of failures) process.stderr.write(`${failure}\n`);
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    await close();
  }
}

function wanted() {
  const { values } = parseArgs({
    options: {
      since: { type: 'string' },
      'suspend-agreements': { type: 'boolean', default: false },
      'cancel-orders': { type: 'boolean', default: false },
    },
  });
  const since = new Date(values.since ?? '');
  if (Number.isNaN(since.getTime())) {
    throw new ConfigError([
      `--since is ${values.since === undefined ? 'not given' : `"${values.since}"`}: it must be the time of the backup, such as 2026-11-22T10:00:00Z.`,
    ]);
  }
  return { since, suspend: values['suspend-agreements'], cancel: values['cancel-orders'] };
}

async function open() {
  const { database, masterKey, stripe } = readConfig();
  if (database.kind === 'embedded' || masterKey === null) {
    throw new ConfigError(['DATABASE_URL is not set: it names the database that was restored.']);
  }
  const masterKeys = MasterKeys.parse(masterKey);
  const urls = databaseUrls(database, null, masterKeys);
  const [app, system] = [pipelinedPool(urls.app, 4), pipelinedPool(urls.system, 1)];
  const orm = await openOrm({ url: urls.app, entities: ENTITIES, poolMax: 1 });
  const failures: string[] = [];
  const onFailure = (what: string, error: unknown) =>
    void failures.push(`Failed: ${what}: ${error instanceof Error ? error.message : error}`);
  const at = stripeOptions(stripe.kind === 'elsewhere' ? stripe.url : null);
  return {
    units: new UnitsOfWork(orm, app, systemClock),
    gateways: new PaymentGateways({
      masterKeys,
      stripe: at,
      onUnexpected: (error) => onFailure('a call to Stripe', error),
    }),
    system: asSql(system),
    failures,
    onFailure,
    close: () => Promise.all([app.end(), system.end(), orm.close(true)]),
  };
}

function asSql(pool: Parameters<typeof run>[0]): Sql {
  return { query: (statement, parameters) => run(pool, statement, parameters) };
}

function rowOf(
  { finding, account, payment, reference, order }: PaymentToLookAt,
  status: string | null,
  agreementId: string | null,
  agreement: Agreement,
): CsvCell[] {
  const { amount, taken, held, createdAt, externalId } = payment;
  const here = (minor: bigint) => ({ number: Money.of(minor, amount.currency).toDecimal() });
  const cells: Cells = {
    finding,
    operator: publicId('operator', account.operatorId),
    merchant: idOf('merchant', reference?.merchantId),
    account: publicId('paymentSystemAccount', account.id),
    order: idOf('order', reference?.orderId),
    order_status: status,
    invoice: idOf('invoice', order?.invoiceId),
    agreement: agreementId ? publicId('agreement', agreementId) : payment.agreementId,
    agreement_type: agreement?.type ?? null,
    agreement_status: agreement?.status ?? null,
    suspended: agreement?.isSuspended ? 'yes' : null,
    resume: agreement && (agreement.isResumable ? 'yes' : 'no'),
    payment: externalId,
    amount: { number: amount.toDecimal() },
    taken: { number: taken.toDecimal() },
    taken_here: order && here(order.captured),
    held: { number: held.toDecimal() },
    held_here: order && here(order.authorized - order.captured - order.voided),
    currency: amount.currency,
    created: createdAt.toISOString(),
  };
  return HEAD.map((name) => cells[name]);
}

function idOf(kind: IdKind, uuid: string | null | undefined): string | null {
  return uuid ? publicId(kind, uuid) : null;
}

try {
  await list();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
