import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from '../src/config.js';
import { ENTITIES } from '../src/entities.js';
import { suspendUntilLookedAt } from '../src/features/agreements/index.js';
import { type PaymentWithoutOrder, paymentsWithoutOrder } from '../src/features/orders/index.js';
import { PaymentGateways } from '../src/features/payment-systems/index.js';
import { systemClock } from '../src/kernel/clock.js';
import { publicId, uuidOf } from '../src/kernel/ids.js';
import { openOrm } from '../src/platform/database/orm.js';
import { pipelinedPool } from '../src/platform/database/pools.js';
import { run } from '../src/platform/database/sql.js';
import { UnitsOfWork } from '../src/platform/database/unit-of-work.js';
import { MasterKeys } from '../src/platform/secrets/master-keys.js';
import { databaseUrls } from '../src/start/databases.js';
import { stripeOptions } from '../src/start/stripe-options.js';

const HEAD = 'operator,merchant,order,agreement,payment,amount,taken,held,currency,created,suspended';

/** After a restore from a backup: lists, as CSV, payments of which the database knows nothing. docs/runbook.md says more. */
async function list(): Promise<void> {
  const { values } = parseArgs({
    options: { since: { type: 'string' }, 'suspend-agreements': { type: 'boolean', default: false } },
  });
  const since = new Date(values.since ?? '');
  if (Number.isNaN(since.getTime())) {
    throw new ConfigError([
      `--since is ${values.since === undefined ? 'not given' : `"${values.since}"`}: it must be the time of the backup, such as 2026-11-22T10:00:00Z.`,
    ]);
  }
  const { database, masterKey, stripe } = readConfig();
  if (database.kind === 'embedded' || masterKey === null) {
    throw new ConfigError(['DATABASE_URL is not set: it names the database that was restored.']);
  }
  const masterKeys = MasterKeys.parse(masterKey);
  const urls = databaseUrls(database, null, masterKeys);
  const [app, system] = [pipelinedPool(urls.app, 4), pipelinedPool(urls.system, 1)];
  const orm = await openOrm({ url: urls.app, entities: ENTITIES, poolMax: 1 });
  const failures: unknown[] = [];
  const onFailure = (error: unknown) => void failures.push(error);
  try {
    const units = new UnitsOfWork(orm, app, systemClock);
    const at = stripeOptions(stripe.kind === 'elsewhere' ? stripe.url : null);
    const gateways = new PaymentGateways({ masterKeys, stripe: at, onUnexpected: onFailure });
    let count = 0;
    process.stdout.write(`${HEAD}\n`);
    const parts = {
      units,
      gateways,
      system: { query: (statement, parameters) => run(system, statement, parameters) },
      wake: () => {},
      onFailure,
    } satisfies Parameters<typeof paymentsWithoutOrder>[0];
    await paymentsWithoutOrder(parts, since, async ({ payment }) => {
      count += 1;
      const { reference, agreementId } = payment;
      const ofAgreement = values['suspend-agreements'] ? uuidOf('agreement', agreementId ?? '') : null;
      const isSuspended = ofAgreement && (await suspendUntilLookedAt(units, reference.operatorId, ofAgreement));
      process.stdout.write(`${rowOf(payment, Boolean(isSuspended))}\n`);
    });
    process.stderr.write(`${count} payments without an order since ${since.toISOString()}.\n`);
    for (const failure of failures) process.stderr.write(`An account was not compared: ${failure}\n`);
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    await Promise.all([app.end(), system.end(), orm.close(true)]);
  }
}

function rowOf(payment: PaymentWithoutOrder['payment'], isSuspended: boolean): string {
  const { reference, agreementId, amount, taken, held, createdAt, externalId } = payment;
  return [
    publicId('operator', reference.operatorId),
    publicId('merchant', reference.merchantId),
    publicId('order', reference.orderId),
    agreementId ?? '',
    externalId,
    amount.toDecimal(),
    taken.toDecimal(),
    held.toDecimal(),
    amount.currency,
    createdAt.toISOString(),
    isSuspended ? 'yes' : '',
  ].join(',');
}

try {
  await list();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
