import { type Carrier, type Carriers, carrierFor, carryOutPayment, type OrderFile } from '../orders/index.js';
import { accountOf, type PaymentPace } from '../payment-systems/index.js';
import type { AtOnce } from './at-once.js';

export interface SendingParts {
  readonly carriers: Carriers;
  readonly pace: PaymentPace;
  readonly onFailure: (error: unknown) => void;
  /** Told of the order's status after each, or `error`. */
  readonly onSent?: (status: string) => void;
}

/**
 * Carries out what was claimed and committed, at the account's pace, so that the
 * payment system turns none away. What is not sent now the reconciler sends.
 * Resolves when the last one has set out: while the slowest answers are waited
 * for, the next batch is claimed.
 */
export async function carryOutAttempts(
  parts: SendingParts,
  operatorId: string,
  files: readonly OrderFile[],
  onTheirWay: AtOnce,
): Promise<void> {
  const { carriers, pace } = parts;
  for (const [accountId, ofAccount] of Map.groupBy(files, ({ order }) => order.accountId)) {
    const account = await carriers.units.sql(operatorId, (tx) => accountOf(tx, operatorId, accountId));
    const carrier = await carrierFor(carriers, operatorId, accountId, account);
    const turns = await pace.reserve(account, ofAccount.length);
    for (const file of ofAccount) {
      await turns.next();
      await onTheirWay.begin(() => send(parts, carrier, file));
    }
  }
}

/** Whatever goes wrong is the reconciler's to settle: the attempt is committed and due. */
async function send({ onFailure, onSent }: SendingParts, carrier: Carrier, file: OrderFile): Promise<void> {
  const status = await carryOutPayment(carrier, file).then(
    ({ order }) => order.status,
    (error: unknown) => {
      onFailure(error);
      return 'error';
    },
  );
  onSent?.(status);
}
