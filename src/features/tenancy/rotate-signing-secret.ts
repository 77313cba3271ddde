import { later } from '../../kernel/clock.js';
import { notFound } from '../../kernel/errors.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently, type KeptResult } from '../../platform/idempotency/idempotently.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';
import { endsAfterRotation } from './domain/signing-secret-ends.js';
import { newSigningSecret } from './signing-secrets.js';
import {
  insertSecrets,
  keepSecrets,
  listedSecrets,
  lockMerchants,
  type SigningParty,
  wrappedDataKey,
} from './signing-secrets-sql.js';
import { type MerchantFacts, readMerchants } from './tenancy-sql.js';

export interface Rotation extends SigningParty {
  /** How long what was valid before stays so; 0 ends all of it now. */
  readonly overlapSeconds: number;
}

export interface RotatedSecret {
  /** Null when the request is repeated: nobody can tell it a second time. */
  readonly secret: string | null;
  readonly merchant: MerchantFacts;
  /** Null when there was none before. */
  readonly previousValidUntil: Date | null;
}

/** Makes another secret the current one. By the real clock, as everything that the outside keeps time with. */
export function rotateSigningSecret(
  transaction: Transaction,
  masterKeys: MasterKeys,
  rotation: Rotation,
  request: IdempotentRequest | null = null,
): Promise<RotatedSecret> {
  const merchantOf = async ({ merchantId }: SigningParty): Promise<MerchantFacts> => {
    const [merchant] = await readMerchants(transaction, transaction.operatorId, [merchantId]);
    if (!merchant) throw notFound('merchant');
    return merchant;
  };
  return idempotently<RotatedSecret>(
    transaction,
    request,
    async () => {
      await lockMerchants(transaction, [rotation.merchantId]);
      const merchant = await merchantOf(rotation);
      const { secret, previousValidUntil } = await replace(transaction, masterKeys, rotation);
      const result: KeptResult = previousValidUntil ? { previousValidUntil: previousValidUntil.toISOString() } : {};
      return { result, value: { secret, merchant, previousValidUntil } };
    },
    async ({ previousValidUntil: until }) => ({
      secret: null,
      merchant: await merchantOf(rotation),
      previousValidUntil: until === undefined ? null : later(new Date(until), 0),
    }),
  );
}

/** With the merchant locked. */
async function replace(transaction: Transaction, masterKeys: MasterKeys, rotation: Rotation) {
  const { operatorId, realNow: now } = transaction;
  const { merchantId, mode, overlapSeconds } = rotation;
  const before = await listedSecrets(transaction, operatorId, { merchantIds: [merchantId], mode, now });
  const endsAt = later(now, overlapSeconds * 1000);
  keepSecrets(transaction, rotation, endsAfterRotation(before, endsAt, now));
  const dataKey = await wrappedDataKey(transaction);
  const { secret, row } = newSigningSecret({ operatorId, masterKeys, dataKey }, rotation);
  insertSecrets(transaction, [row]);
  const previousValidUntil = before.some(({ expiresAt }) => expiresAt === null) ? endsAt : null;
  transaction.publish({
    type: 'merchant.signing_secret_rotated',
    subjectId: merchantId,
    merchantId,
    payload: { mode, hint: row.hint, previousValidUntil: previousValidUntil?.toISOString() ?? null },
  });
  return { secret, previousValidUntil };
}
