import type { AgreementsOfOrders } from '../orders/index.js';
import { agreementClaim } from './agreement-claim.js';
import { lockedAgreement } from './change-agreement.js';

/** What orders ask of agreements when a payer pays: the claim that the schemes' rules judge. */
export const agreementsOfOrders: AgreementsOfOrders = {
  async claimOf(transaction, order) {
    const file = await lockedAgreement(transaction, order.agreementId ?? '');
    const { credentialId, agreementId } = order;
    return agreementClaim(file, {
      position: 'FIRST',
      charge: null,
      credentialId,
      seriesOfOrder: agreementId,
      now: transaction.now,
    });
  },
};
