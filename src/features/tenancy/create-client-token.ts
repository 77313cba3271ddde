import { later } from '../../kernel/clock.js';
import type { Transaction } from '../../platform/database/transaction.js';
import type { IdempotentRequest } from '../../platform/idempotency/idempotent-request.js';
import { idempotently } from '../../platform/idempotency/idempotently.js';
import { issueClientToken } from '../../platform/secrets/client-token.js';
import type { MasterKeys } from '../../platform/secrets/master-keys.js';

export interface ClientTokenTerms {
  readonly orderId: string;
  /** The key that asks: the token ends with it. */
  readonly keyId: string;
  readonly expiresInSeconds: number;
}

export interface CreatedClientToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** Signs a token for one order. Nothing is stored but the moment, from which a repeated request gets an equal one. */
export function createClientToken(
  transaction: Transaction,
  masterKeys: MasterKeys,
  terms: ClientTokenTerms,
  request: IdempotentRequest | null = null,
): Promise<CreatedClientToken> {
  const { expiresInSeconds, ...claims } = terms;
  const sign = async (now: Date): Promise<CreatedClientToken> => ({
    token: await issueClientToken(
      masterKeys,
      { operatorId: transaction.operatorId, ...claims },
      { expiresInSeconds, now },
    ),
    expiresAt: later(now, expiresInSeconds * 1000),
  });
  return idempotently(
    transaction,
    request,
    async () => ({ result: { issuedAt: transaction.realNow.toISOString() }, value: await sign(transaction.realNow) }),
    ({ issuedAt = '' }) => sign(new Date(issuedAt)),
  );
}
