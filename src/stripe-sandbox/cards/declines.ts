import type { ErrorBody } from '../core/failure.js';

/** How an issuer, or Stripe itself, refuses a card. */
export interface Decline {
  code: string;
  declineCode: string | null;
  message: string;
  advice: 'confirm_card_data' | 'do_not_try_again' | 'try_again_later' | null;
  networkDecline: string | null;
  networkAdvice: string | null;
  /** Radar stopped the payment before it reached the network. */
  blocked?: boolean;
}

const DECLINED = 'Your card was declined.';

function declined(declineCode: string, network: Pick<Decline, 'advice' | 'networkDecline' | 'networkAdvice'>): Decline {
  return { code: 'card_declined', declineCode, message: DECLINED, ...network };
}

const never = (networkDecline: string) =>
  ({ advice: 'do_not_try_again', networkDecline, networkAdvice: '03' }) as const;
const later = (networkDecline: string) => ({ advice: 'try_again_later', networkDecline, networkAdvice: '02' }) as const;

export const DECLINES = {
  generic: declined('generic_decline', { advice: 'do_not_try_again', networkDecline: '01', networkAdvice: null }),
  insufficientFunds: {
    ...declined('insufficient_funds', later('51')),
    message: 'Your card has insufficient funds.',
  },
  lostCard: declined('lost_card', never('41')),
  stolenCard: declined('stolen_card', never('43')),
  expiredCard: {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
    advice: 'confirm_card_data',
    networkDecline: '54',
    networkAdvice: '01',
  },
  incorrectCvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    advice: 'confirm_card_data',
    networkDecline: 'N7',
    networkAdvice: '01',
  },
  processingError: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    advice: 'try_again_later',
    networkDecline: '96',
    networkAdvice: '02',
  },
  velocity: {
    ...declined('card_velocity_exceeded', later('65')),
    message: 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  },
  fraudulent: {
    ...declined('fraudulent', { advice: 'do_not_try_again', networkDecline: null, networkAdvice: null }),
    blocked: true,
  },
  authenticationRequired: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
    advice: null,
    networkDecline: '1A',
    networkAdvice: null,
  },
  /** What `error_on_requires_action` makes of a payment that would need its payer. */
  authenticationNotHandled: {
    code: 'authentication_required',
    declineCode: 'authentication_not_handled',
    message:
      "This payment required an authentication action to complete, but `error_on_requires_action` was set. When you're ready, you can upgrade your integration to handle actions at https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
    advice: null,
    networkDecline: null,
    networkAdvice: null,
  },
} as const satisfies Record<string, Decline>;

/** The codes that card networks give for what Stripe calls by a name. */
const NETWORK_CODES: Readonly<Record<string, string>> = {
  call_issuer: '01',
  do_not_honor: '05',
  invalid_account: '14',
  issuer_not_available: '91',
  not_permitted: '57',
  pickup_card: '04',
  reenter_transaction: '19',
  restricted_card: '62',
  revocation_of_all_authorizations: 'R3',
  revocation_of_authorization: 'R1',
  service_not_allowed: '57',
  stop_payment_order: 'R0',
  transaction_not_allowed: '57',
  try_again_later: '91',
  withdrawal_count_limit_exceeded: '65',
};
const HARD = new Set(
  'invalid_account pickup_card restricted_card revocation_of_all_authorizations revocation_of_authorization stop_payment_order'.split(
    ' ',
  ),
);
const SOFT = new Set('do_not_honor issuer_not_available reenter_transaction try_again_later'.split(' '));

function usualAdvice(declineCode: string): Decline['advice'] {
  if (HARD.has(declineCode)) return 'do_not_try_again';
  return SOFT.has(declineCode) ? 'try_again_later' : null;
}

/** A refusal by its decline code, with the advice that usually comes with it unless another is given. */
export function declineNamed(declineCode: string, advice?: Decline['advice']): Decline {
  const known: Decline | undefined = Object.values(DECLINES).find((each) => each.declineCode === declineCode);
  const networkDecline = NETWORK_CODES[declineCode] ?? null;
  const decline =
    known ?? declined(declineCode, { advice: usualAdvice(declineCode), networkDecline, networkAdvice: null });
  return advice === undefined ? decline : { ...decline, advice };
}

/** The part of an error that says how the card was refused. */
export function declineFields(decline: Decline): Omit<ErrorBody, 'type'> {
  const { code, declineCode, message, advice, networkDecline, networkAdvice } = decline;
  return {
    code,
    message,
    ...(declineCode !== null && { decline_code: declineCode }),
    ...(advice !== null && { advice_code: advice }),
    ...(networkDecline !== null && { network_decline_code: networkDecline }),
    ...(networkAdvice !== null && { network_advice_code: networkAdvice }),
  };
}
