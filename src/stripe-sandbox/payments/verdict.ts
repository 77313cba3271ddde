import { DECLINES, type Decline } from '../cards/declines.js';
import type { TestCard } from '../cards/test-cards.js';
import type { ConfirmTerms } from './terms.js';

type Verdict = { kind: 'approved' } | { kind: 'challenge' } | { kind: 'declined'; decline: Decline };

interface Circumstances {
  terms: ConfirmTerms;
  /** The payment method was saved for off-session use before. */
  isSetUp: boolean;
  isAuthenticated: boolean;
}

function wantsHolder(card: TestCard, { terms, isSetUp }: Circumstances): boolean {
  // Orders by mail or telephone have no holder at a screen and are exempt.
  if (terms.moto) return false;
  switch (card.challenge) {
    case 'always':
      return true;
    case 'unless_set_up':
      return !(terms.offSession && isSetUp);
    case 'on_session_only':
      return !terms.offSession;
    case 'when_wanted':
      return terms.threeDSecureWanted && !terms.offSession;
    case 'never':
      return false;
  }
}

/** What the issuer says to a payment with this card. */
export function verdictOnPayment(card: TestCard, circumstances: Circumstances): Verdict {
  if (!circumstances.isAuthenticated && wantsHolder(card, circumstances)) {
    if (circumstances.terms.offSession) return { kind: 'declined', decline: DECLINES.authenticationRequired };
    return { kind: 'challenge' };
  }
  if (card.decline !== null) return { kind: 'declined', decline: card.decline };
  return { kind: 'approved' };
}

/** Saving a card asks the holder to authenticate, except for one that is already set up elsewhere. */
export function verdictOnSetup(
  card: TestCard,
  { moto, threeDSecureWanted }: ConfirmTerms,
  isAuthenticated: boolean,
): Verdict {
  const asks =
    card.challenge === 'always' ||
    card.challenge === 'unless_set_up' ||
    (card.challenge === 'on_session_only' && card.decline !== null) ||
    (card.challenge === 'when_wanted' && threeDSecureWanted);
  if (asks && !moto && !isAuthenticated) return { kind: 'challenge' };
  if (card.decline !== null && !card.savable) return { kind: 'declined', decline: card.decline };
  return { kind: 'approved' };
}
