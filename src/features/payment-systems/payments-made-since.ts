import { DomainError } from '../../kernel/errors.js';
import { type AccountRow } from './account-sql.js';
import type { PaymentGateways } from './gateways.js';
import type { EventPlace, PaymentAtAccount } from './payment-system.js';

/** Every payment that an account has made since, page by page with the newest first; throws where it does not answer. */
export async function* paymentsMadeSince(
  gateways: PaymentGateways,
  account: AccountRow,
  since: Date,
): AsyncGenerator<readonly PaymentAtAccount[]> {
  const system = gateways.systemFor(account);
  let place: EventPlace | null = { before: null };
  while (place !== null) {
    const answer = await system.listPayments({ place, since });
    if (answer.kind !== 'done') {
      throw new DomainError(
        'PAYMENT_SYSTEM_UNAVAILABLE',
        `the payments of the account cannot be listed: ${answer.kind}`,
      );
    }
    yield answer.value.payments;
    place = answer.value.next;
  }
}
