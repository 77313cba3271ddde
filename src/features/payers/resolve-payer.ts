import { notFound } from '../../kernel/errors.js';
import { newUuid } from '../../kernel/ids.js';
import type { Transaction } from '../../platform/database/transaction.js';
import { PAYER_BY_REFERENCE, PAYERS_BY_ID, UPDATE_PAYER, UPSERT_PAYER } from './payers-sql.js';

export type PayerRow = {
  id: string;
  merchantId: string;
  mode: 'TEST' | 'LIVE';
  reference: string | null;
  email: string | null;
  name: string | null;
  phone: string | null;
  createdAt: Date;
};

export interface PayerDetails {
  /** UUID of a payer we know; null in it means an id that is nobody's. */
  readonly id?: string | null | undefined;
  readonly reference?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly phone?: string | undefined;
}

/** Whose payer it is: payers of one merchant are unknown to the next, and test payers to live orders. */
export interface PayerOwner {
  readonly merchantId: string;
  readonly mode: 'TEST' | 'LIVE';
}

/** The payer by id, or by the merchant's reference; made if new. */
export async function resolvePayer(
  transaction: Transaction,
  owner: PayerOwner,
  details: PayerDetails,
): Promise<PayerRow> {
  const { operatorId, now } = transaction;
  const { merchantId, mode } = owner;
  const { reference = null, email = null, name = null, phone = null } = details;
  if (details.id !== undefined) {
    const [known] = details.id
      ? await transaction.query<PayerRow>(UPDATE_PAYER, [
          operatorId,
          details.id,
          merchantId,
          email,
          name,
          phone,
          now,
          mode,
        ])
      : [];
    if (!known) throw notFound('payer');
    return known;
  }
  const parameters = [operatorId, newUuid(), merchantId, mode, reference, email, name, phone, now];
  const [payer] = await transaction.query<PayerRow>(UPSERT_PAYER, parameters);
  if (!payer) throw new Error('the payer was neither made nor found');
  return payer;
}

/**
 * The same where many things a minute are for one payer: one who is known, and
 * of whom nothing is said that could be new, is read and not written.
 */
export async function namedPayer(
  transaction: Transaction,
  owner: PayerOwner,
  details: PayerDetails,
): Promise<PayerRow> {
  const { id, reference, email, name, phone } = details;
  const isSilent = email === undefined && name === undefined && phone === undefined;
  const { operatorId } = transaction;
  if (isSilent && id) {
    const payer = await payerById(transaction, id);
    if (payer?.merchantId === owner.merchantId && payer.mode === owner.mode) return payer;
    throw notFound('payer');
  }
  if (isSilent && reference !== undefined) {
    const key = [operatorId, owner.merchantId, owner.mode, reference];
    const [payer] = await transaction.query<PayerRow>(PAYER_BY_REFERENCE, key);
    if (payer) return payer;
  }
  return resolvePayer(transaction, owner, details);
}

export async function payerById(sql: Transaction, payerId: string): Promise<PayerRow | null> {
  const [payer] = await sql.query<PayerRow>(PAYERS_BY_ID, [sql.operatorId, [payerId]]);
  return payer ?? null;
}
